import { BlockList, isIP } from 'node:net';

// What IANA's special-purpose registries do not call globally reachable, and what leads elsewhere in disguise.
const deniedV4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // behind carriers' NAT
  ['127.0.0.0', 8], // loopback
  ['169.254.0.0', 16], // link-local, where clouds keep their metadata
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, and broadcast
];
/** Of IPv6 only this is handed out; outside it are loopback, mapped IPv4, NAT64, local and multicast addresses. */
const globalV6 = ['2000::', 3] as const;
const deniedV6: typeof deniedV4 = [
  ['2001::', 23], // protocol assignments, Teredo among them
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: an IPv4 address in disguise
  ['3fff::', 20], // documentation
];

const denied = new BlockList();
const global = new BlockList();
for (const [network, prefix] of deniedV4) denied.addSubnet(network, prefix, 'ipv4');
for (const [network, prefix] of deniedV6) denied.addSubnet(network, prefix, 'ipv6');
global.addSubnet(...globalV6, 'ipv6');

/**
 * Whether an address is one of the public internet's, so that a server may connect to it on a stranger's behalf.
 *
 * @param address as a resolver or a socket writes it
 * @see RFC 6890 and the registries of IANA
 */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !denied.check(address, 'ipv4');
  if (isIP(address) !== 6 || address.includes('%')) return false;
  return global.check(address, 'ipv6') && !denied.check(address, 'ipv6') && !isIsatap(address);
}

/** An IPv4 address in disguise, whatever the network: the last 64 bits are 0000:5efe or 0200:5efe and that address. */
function isIsatap(address: string): boolean {
  const dotted = address.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, '0:0');
  const [head = '', tail] = dotted.split('::');
  const groups = (text: string) => (text === '' ? [] : text.split(':'));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const all = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after];
  const [high, low] = all.slice(4, 6).map((group) => Number.parseInt(group, 16));
  return (high === 0 || high === 0x200) && low === 0x5efe;
}
