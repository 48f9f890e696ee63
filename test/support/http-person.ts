import { parseSetCookie } from 'cookie';
import { totpCode } from '../../src/features/access/factors/totp.js';

export interface HttpAnswer {
  readonly status: number;
  readonly location: string | null;
  readonly headers: Headers;
  readonly text: string;
  /** When the request was sent and when its answer was read, on `performance.now()`. */
  readonly startedAt: number;
  readonly endedAt: number;
}

export interface HttpSend {
  readonly headers?: Readonly<Record<string, string>>;
  /** A form, or a body that is sent as it is (then with its own content type). */
  readonly fields?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Cookies and the page's token stay as they are. */
  readonly frozen?: boolean;
}

const DEADLINE_MS = 15_000;

/** Somebody at a server with a cookie jar of their own and the hidden token of the last page they saw; follows no redirect. */
export class HttpPerson {
  readonly jar = new Map<string, string>();
  token = '';

  constructor(
    readonly url: string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  get cookie(): string {
    return Array.from(this.jar, ([name, value]) => `${name}=${value}`).join('; ');
  }

  get(path: string, options: HttpSend = {}): Promise<HttpAnswer> {
    return this.send('GET', path, options);
  }

  post(path: string, fields: Readonly<Record<string, string>> = {}, options: HttpSend = {}): Promise<HttpAnswer> {
    return this.send('POST', path, { ...options, fields });
  }

  /** Signs in, with the code where there is one; throws when that fails. Leaves the token of a page of the account. */
  async signIn(email: string, password: string, totpSecret?: string): Promise<this> {
    await this.get('/sign-in');
    let answer = await this.post('/sign-in', { email, password });
    if (totpSecret !== undefined) {
      await this.get('/sign-in/code');
      answer = await this.post('/sign-in/code', { code: totpCode(totpSecret, new Date()) });
    }
    if (answer.status !== 303) throw new Error(`signing in answered ${answer.status}`);
    await this.get('/account');
    return this;
  }

  async send(method: string, path: string, options: HttpSend = {}): Promise<HttpAnswer> {
    const { fields, body, frozen = false } = options;
    const startedAt = performance.now();
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      signal: AbortSignal.timeout(DEADLINE_MS),
      body: body ?? (fields && new URLSearchParams({ _csrf: this.token, ...fields }).toString()),
      headers: {
        accept: 'text/html',
        ...(method === 'GET' ? {} : { origin: this.url }),
        ...(fields && body === undefined ? { 'content-type': 'application/x-www-form-urlencoded' } : {}),
        cookie: this.cookie,
        ...this.headers,
        ...options.headers,
      },
    });
    const streams = response.headers.get('content-type')?.startsWith('text/event-stream');
    if (streams) await response.body?.cancel();
    const text = streams ? '' : await response.text();
    if (!frozen) this.remember(response, text);
    return {
      status: response.status,
      location: response.headers.get('location'),
      headers: response.headers,
      text,
      startedAt,
      endedAt: performance.now(),
    };
  }

  private remember(response: Response, html: string): void {
    for (const line of response.headers.getSetCookie()) {
      const { name, value } = parseSetCookie(line, { decode: (raw) => raw });
      if (value) this.jar.set(name, value);
      else this.jar.delete(name);
    }
    this.token = tokenIn(html) ?? this.token;
  }
}

/** The anti-forgery token of a page's first form. */
export const tokenIn = (html: string): string | undefined =>
  /name="_csrf" value="([^"]+)"/.exec(html)?.[1].replaceAll('&#x3D;', '=');
