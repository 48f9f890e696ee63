import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Addresses that answer with secrets of the machine to whoever asks from it. Some lie in ranges that look public (Azure's) or that an
 * exception would open.
 */
const METADATA = new Set(['169.254.169.254', '168.63.129.16', '100.100.100.200', '192.0.0.192', 'fd00:ec2::254']);

/** Ranges of a practice's own network. An exception opens them for one host; link-local and multicast it never opens. */
const OWN_NETWORK = new Set(['private', 'carrierGradeNat', 'uniqueLocal', 'loopback']);

/** All that is handed out for the public IPv6 Internet. */
const PUBLIC_IPV6 = ipaddr.parseCIDR('2000::/3');

/** Where an address leads. `never` is refused whatever the operator says. */
export type Reach = 'public' | 'own-network' | 'never';

/**
 * Judges one resolved address. IPv4 written inside IPv6 (mapped, NAT64, 6to4, Teredo) is `never`: what it leads to depends on routers,
 * and no resolver needs to answer so.
 *
 * @param address in the form of `inet_ntop`; anything else, zone ids included, is `never`
 */
export function reachOf(address: string): Reach {
  if (isIP(address) === 0 || address.includes('%')) return 'never';
  const parsed = ipaddr.parse(address);
  if (METADATA.has(parsed.toString())) return 'never';
  const range = parsed.range();
  if (OWN_NETWORK.has(range)) return 'own-network';
  if (range !== 'unicast') return 'never';
  if (parsed instanceof ipaddr.IPv6 && !parsed.match(PUBLIC_IPV6)) return 'never';
  return 'public';
}

/** True for 127.0.0.0/8 and ::1. */
export const isLoopback = (address: string): boolean =>
  isIP(address) !== 0 && !address.includes('%') && ipaddr.parse(address).range() === 'loopback';
