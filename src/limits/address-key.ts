import { isIPv6 } from 'node:net';

/**
 * What an address is counted as: IPv4 as it is; of IPv6 the first 64 bits, because whoever has one address there has all
 * the others of that network too.
 *
 * @param address as a socket or a proxy writes it; what is no address stands for itself
 */
export function addressKey(address: string): string {
  if (!isIPv6(address)) return address;
  const [bare = ''] = address.split('%', 1);
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(bare)?.[1];
  if (mapped !== undefined) return mapped;
  const [head = '', tail] = bare.split('::');
  const groups = head.split(':').filter(Boolean);
  // Groups that `::` stands for are zero. An IPv4 address at the end stands for two groups, never among the first four.
  const after = tail === undefined ? [] : tail.split(':').filter(Boolean);
  const afterLength = after.length + (after.at(-1)?.includes('.') ? 1 : 0);
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - groups.length - afterLength);
  const network = [...groups, ...Array.from({ length: zeros }, () => '0'), ...after].slice(0, 4);
  const text = network.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
  // ::ffff:7f00:1 is an IPv4 address as well.
  return text === '0:0:0:0' ? (mappedInHex(groups, after) ?? `${text}::/64`) : `${text}::/64`;
}

function mappedInHex(groups: readonly string[], after: readonly string[]): string | undefined {
  const last = [...groups, ...after].slice(-3);
  if (last.length !== 3 || last[0]?.toLowerCase() !== 'ffff') return undefined;
  const bytes = last.slice(1).flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 255];
  });
  return bytes.join('.');
}
