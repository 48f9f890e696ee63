import { isIP } from 'node:net';
import { Injectable } from '@nestjs/common';
import { HttpConfig } from '../../../platform/config/http.config.js';

/** What this site is to a passkey. A passkey is bound to the name for good: another name is another site to it. */
@Injectable()
export class RelyingParty {
  /** Host people type, e.g. `care.example.org`. */
  readonly id: string;
  /** Scheme, host and port; what the browser must say the answer was made for. */
  readonly origin: string;
  /** False when people reach the site by an IP address, which browsers make no passkeys for. */
  readonly available: boolean;
  /** True when people reach the site over https. */
  readonly secure: boolean;

  constructor(http: HttpConfig) {
    const url = new URL(http.origin);
    this.id = url.hostname;
    this.origin = url.origin;
    this.secure = url.protocol === 'https:';
    this.available = canHavePasskeys(url);
  }
}

/** Browsers want a name, and https everywhere but on this very machine. */
export function canHavePasskeys(url: URL): boolean {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0) return false;
  return url.protocol === 'https:' || host === 'localhost' || host.endsWith('.localhost');
}
