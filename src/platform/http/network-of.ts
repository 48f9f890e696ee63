import { isIPv6 } from 'node:net';

/** One household or attacker holds a whole IPv6 /64; counting single addresses would count nothing. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address);
  if (mapped) return mapped[1];
  if (!isIPv6(address)) return address;
  const [head, tail = ''] = address.split('%')[0].split('::');
  const left = head === '' ? [] : head.split(':');
  const right = tail === '' ? [] : tail.split(':');
  const groups = address.includes('::')
    ? [...left, ...Array<string>(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right]
    : left;
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}

/** The wider network an address is in, to notice that somebody moved: IPv4 by its first `bytes`, IPv6 by its first `groups`. */
export function widerNetworkOf(address: string, { bytes, groups }: { bytes: number; groups: number }): string {
  const network = networkOf(address);
  return network.includes(':')
    ? `${network.split(':').slice(0, groups).join(':')}::/${groups * 16}`
    : `${network.split('.').slice(0, bytes).join('.')}/${bytes * 8}`;
}
