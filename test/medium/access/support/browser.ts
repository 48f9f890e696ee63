import { parseSetCookie } from 'cookie';
import { BASE_URL } from './access-app.js';

export interface Answer {
  readonly status: number;
  readonly location: string | null;
  readonly headers: Headers;
  readonly text: string;
  /** The page's model, or the error's code. */
  readonly json: { template?: string; model?: Record<string, unknown>; csrf?: string; html?: string; code?: string };
}

/** A browser with a cookie jar that fills in the hidden token of the last page, and never follows redirects by itself. */
export class Browser {
  readonly jar = new Map<string, string>();
  private token = '';

  constructor(
    private readonly port: number,
    private readonly headers: Record<string, string> = {},
    /** What it says that its pages are from. */
    private readonly origin = BASE_URL,
  ) {}

  get(path: string, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('GET', path, undefined, { accept: 'text/html', ...headers });
  }

  /** Opens `form` for a token first when there is none yet. */
  async post(path: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Answer> {
    return this.send('POST', path, new URLSearchParams({ _csrf: this.token, ...fields }).toString(), {
      'content-type': 'application/x-www-form-urlencoded',
      origin: this.origin,
      ...headers,
    });
  }

  private async send(
    method: string,
    path: string,
    body: string | undefined,
    headers: Record<string, string>,
  ): Promise<Answer> {
    const response = await fetch(`http://127.0.0.1:${this.port}${path}`, {
      method,
      body,
      redirect: 'manual',
      headers: {
        'user-agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
        ...this.headers,
        ...headers,
        cookie: [...this.jar].map(([name, value]) => `${name}=${value}`).join('; '),
      },
    });
    for (const line of response.headers.getSetCookie()) {
      const cookie = parseSetCookie(line, { decode: (text) => text });
      if (cookie.value) this.jar.set(cookie.name, cookie.value);
    }
    const text = await response.text();
    const json = (text.startsWith('{') ? JSON.parse(text) : {}) as Answer['json'];
    this.token = json.csrf ?? /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? this.token;
    return {
      status: response.status,
      location: response.headers.get('location'),
      headers: response.headers,
      text,
      json,
    };
  }
}
