import { BlockList, isIP } from 'node:net';

/** Whether the operator has named where a URL leads, or its network. */
export type NamedHosts = (target: URL, address: string) => boolean;

/** @param entries names of hosts, addresses, and networks as `10.0.0.0/8` */
export function namedHosts(entries: readonly string[]): NamedHosts {
  const networks = new BlockList();
  const names = new Set<string>();
  for (const entry of entries) {
    const [network = '', prefix] = entry.split('/');
    const version = isIP(network);
    if (version === 0) names.add(entry.toLowerCase());
    else networks.addSubnet(network, Number(prefix ?? (version === 4 ? 32 : 128)), familyOf(version));
  }
  return (target, address) => names.has(target.hostname) || networks.check(address, familyOf(isIP(address)));
}

function familyOf(version: number): 'ipv4' | 'ipv6' {
  return version === 4 ? 'ipv4' : 'ipv6';
}
