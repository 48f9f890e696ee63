import { IsInt, IsOptional, IsUrl, Matches, Max, Min } from 'class-validator';
import { Variable } from './variable.js';

const LOOPBACK = /^(127\.\d+\.\d+\.\d+|::1|localhost)$/;

/** Where the web server listens and under which address people reach it. */
export class HttpConfig {
  @Variable({
    name: 'PORT',
    kind: 'integer',
    fallback: '3000',
    about: 'TCP port the server listens on.',
    fix: 'use a whole number from 1 to 65535.',
  })
  @IsInt()
  @Min(1)
  @Max(65_535)
  readonly port: number;

  @Variable({
    name: 'ALCOVE_HOST',
    kind: 'text',
    fallback: '127.0.0.1',
    about:
      'Address to listen on. Loopback by default; `0.0.0.0` when a proxy on another machine or a container needs it.',
    fix: 'use an IP address or a host name without port, such as 127.0.0.1 or 0.0.0.0.',
  })
  @Matches(/^[A-Za-z0-9.:-]{1,253}$/)
  readonly host: string;

  @Variable({
    name: 'ALCOVE_BASE_URL',
    kind: 'text',
    fallback: null,
    about:
      'Address people type and links begin with, such as `https://care.example.org`. Made from host and port when unset.',
    fix: 'use an http or https address without path, such as https://care.example.org.',
  })
  @IsOptional()
  @IsUrl({ protocols: ['http', 'https'], require_protocol: true, require_tld: false, allow_query_components: false })
  @Matches(/^https?:\/\/[^/?#@]+\/?$/)
  readonly baseUrl: string | null;

  @Variable({
    name: 'ALCOVE_TRUSTED_PROXIES',
    kind: 'integer',
    fallback: '0',
    about:
      'How many reverse proxies stand in front of the server and set `X-Forwarded-*`. With 0 those headers are ignored.',
    fix: 'use the number of your own proxies, from 0 to 10.',
  })
  @IsInt()
  @Min(0)
  @Max(10)
  readonly trustedProxies: number;

  /** Scheme, host and port of the site, without a slash at the end: what `Origin` headers are compared with and links begin with. */
  get origin(): string {
    if (this.baseUrl) return new URL(this.baseUrl).origin;
    const host = LOOPBACK.test(this.host) ? this.host : 'localhost';
    return `http://${host.includes(':') ? `[${host}]` : host}:${this.port}`;
  }

  warnings(): string[] {
    if (this.baseUrl || LOOPBACK.test(this.host)) return [];
    return ['ALCOVE_BASE_URL: is unset while ALCOVE_HOST is not loopback; links will begin with ' + this.origin + '.'];
  }
}
