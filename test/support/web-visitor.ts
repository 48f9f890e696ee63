import { parseSetCookie } from 'cookie';

export interface WebAnswer {
  readonly status: number;
  readonly location: string | null;
  readonly headers: Headers;
  readonly text: string;
}

/** A browser without scripts: keeps cookies of one server, takes the form token from the last page, follows nothing by itself. */
export class WebVisitor {
  readonly jar = new Map<string, string>();
  private token = '';

  /** @param at where requests go, such as `http://127.0.0.1:3000` */
  constructor(readonly at: string) {}

  get(path: string): Promise<WebAnswer> {
    return this.send(path, { method: 'GET' });
  }

  post(path: string, fields: Readonly<Record<string, string>> = {}): Promise<WebAnswer> {
    return this.send(path, {
      method: 'POST',
      body: new URLSearchParams({ _csrf: this.token, ...fields }).toString(),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  }

  private async send(
    path: string,
    init: { method: string; body?: string; headers?: Record<string, string> },
  ): Promise<WebAnswer> {
    const cookie = [...this.jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await fetch(new URL(path, this.at), {
      ...init,
      redirect: 'manual',
      headers: { accept: 'text/html', ...init.headers, cookie },
    });
    for (const line of response.headers.getSetCookie()) {
      const { name, value } = parseSetCookie(line, { decode: (text) => text });
      if (value) this.jar.set(name, value);
      else this.jar.delete(name);
    }
    const text = await response.text();
    this.token = /name="_csrf" value="([^"]+)"/.exec(text)?.[1] ?? this.token;
    return { status: response.status, location: response.headers.get('location'), headers: response.headers, text };
  }
}
