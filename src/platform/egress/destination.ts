import { isIP } from 'node:net';

/** Why a call is not made; for the audit and the error's details. */
export type Refusal =
  | 'malformed'
  | 'scheme'
  | 'credentials'
  | 'port'
  | 'name'
  | 'undeclared'
  | 'address'
  | 'too-many-addresses'
  | 'plain-http';

/** Where a call would go, before its name is resolved. */
export interface Destination {
  /** Host name in its ASCII form, or an IP address without brackets. */
  readonly host: string;
  readonly port: number;
  /** `host:port`, brackets around IPv6: how destinations are registered, excepted and audited. */
  readonly place: string;
  readonly secure: boolean;
  /** Path and query. */
  readonly path: string;
  /** True when the operator named this host as one of their own network. */
  readonly excepted: boolean;
}

export interface DestinationRules {
  readonly ports: ReadonlySet<number>;
  /** `host:port` of servers in the own network. */
  readonly exceptions: ReadonlySet<string>;
}

/** Names that mean this machine, this network or the cloud's metadata, whatever they resolve to. */
const PRIVATE_NAME = /(^|\.)(localhost|localdomain|local|internal|intranet|private|home\.arpa|onion|alt)$/;
const METADATA_NAME = /^(metadata|instance-data)(\.|$)/;
/** White space, control characters and backslashes are read one way here and another way elsewhere. */
const isAmbiguous = (text: string): boolean => /[\s\\\p{Cc}]/u.test(text);

/** What an address text means, or why it is refused. Pure; the addresses behind a name are judged after resolving. */
export function readDestination(text: string, rules: DestinationRules): Destination | Refusal {
  if (text.length > 2_048 || isAmbiguous(text) || !URL.canParse(text)) return 'malformed';
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'scheme';
  if (url.username !== '' || url.password !== '' || /^[a-z]+:\/*[^/?#]*@/i.test(text)) return 'credentials';
  const secure = url.protocol === 'https:';
  const port = Number(url.port || (secure ? 443 : 80));
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const place = placeOf(host, port);
  const excepted = rules.exceptions.has(place);
  if (!secure && !excepted) return 'scheme';
  if (!excepted && !rules.ports.has(port)) return 'port';
  if (!isUsableName(host) || (!excepted && isPrivateName(host))) return 'name';
  return { host, port, place, secure, path: url.pathname + url.search, excepted };
}

export const placeOf = (host: string, port: number): string => `${host.includes(':') ? `[${host}]` : host}:${port}`;

/** The `host:port` of an address text, with the usual port of https or http; null when there is none. */
export function placeOfUrl(text: string): string | null {
  if (!URL.canParse(text)) return null;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return null;
  return `${url.hostname}:${url.port || (url.protocol === 'https:' ? '443' : '80')}`;
}

/** A dot at the end makes the same host look like another one to lists and certificates. */
const isUsableName = (host: string): boolean =>
  isIP(host) !== 0 || (/^[a-z0-9_]([a-z0-9._-]*[a-z0-9])?$/.test(host) && !host.includes('..') && host.length <= 253);

const isPrivateName = (host: string): boolean =>
  isIP(host) === 0 && (!host.includes('.') || PRIVATE_NAME.test(host) || METADATA_NAME.test(host));
