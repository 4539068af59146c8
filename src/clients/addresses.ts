/** Addresses that a request meant for somebody else must not end at: this machine, its link, a cloud's metadata. */
import { BlockList, isIP, isIPv4 } from 'node:net';

type Range = readonly [network: string, prefix: number, family: 'ipv4' | 'ipv6'];

const loopback = rangesOf([
  ['127.0.0.0', 8, 'ipv4'],
  ['::1', 128, 'ipv6'],
]);

const others = rangesOf([
  // "This host" of RFC 1122: Linux connects 0.0.0.0 to itself.
  ['0.0.0.0', 8, 'ipv4'],
  ['::', 128, 'ipv6'],
  // Link-local, and with it the metadata services of AWS, Azure and Google.
  ['169.254.0.0', 16, 'ipv4'],
  ['fe80::', 10, 'ipv6'],
  // Metadata elsewhere: AWS by IPv6, Alibaba, Oracle, Azure's wire server.
  ['fd00:ec2::254', 128, 'ipv6'],
  ['100.100.100.200', 32, 'ipv4'],
  ['192.0.0.192', 32, 'ipv4'],
  ['168.63.129.16', 32, 'ipv4'],
  ['224.0.0.0', 4, 'ipv4'],
  ['255.255.255.255', 32, 'ipv4'],
  ['ff00::', 8, 'ipv6'],
]);

function rangesOf(ranges: readonly Range[]): BlockList {
  const list = new BlockList();
  for (const [network, prefix, family] of ranges) list.addSubnet(network, prefix, family);
  return list;
}

/** `loopback` may be meant (a proxy beside us); `never` cannot be what a name in a configuration means. */
export function kindOfAddress(address: string): 'usual' | 'loopback' | 'never' {
  const bare = address.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  if (!isIP(bare)) return 'never';
  const meant = isIPv4(bare) ? bare : (embedded(bare) ?? bare);
  const family = isIPv4(meant) ? 'ipv4' : 'ipv6';
  if (loopback.check(meant, family)) return 'loopback';
  return others.check(meant, family) ? 'never' : 'usual';
}

/** The IPv4 address that an IPv6 one stands for: mapped, compatible, NAT64 (RFC 6052), 6to4 (RFC 3056). */
function embedded(address: string): string | undefined {
  const groups = groupsOf(address);
  const [first = 0, second = 0, third = 0] = groups;
  const isMapped = groups.slice(0, 5).every((group) => group === 0) && (groups[5] === 0xffff || groups[5] === 0);
  // `::` and `::1` are no compatible addresses.
  if (isMapped && (groups[5] === 0xffff || groups[6] !== 0)) return dotted(groups.slice(6));
  if (first === 0x64 && second === 0xff9b) return dotted(groups.slice(6));
  return first === 0x2002 ? dotted([second, third]) : undefined;
}

const dotted = (groups: readonly number[]): string => groups.flatMap((group) => [group >> 8, group & 0xff]).join('.');

function groupsOf(address: string): readonly number[] {
  // The URL parser writes the last dotted part in groups.
  const plain = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = plain.split('::').map((part) => (part ? part.split(':') : []));
  const before = [...head].map((group) => Number.parseInt(group, 16));
  const after = [...(tail ?? [])].map((group) => Number.parseInt(group, 16));
  return tail === undefined ? before : [...before, ...Array(8 - before.length - after.length).fill(0), ...after];
}
