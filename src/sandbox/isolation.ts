import { spawnSync } from 'node:child_process';

/**
 * Commands of Linux (util-linux) that take from a child what it does not need, before it becomes Node: the network, in a
 * namespace that has none, and the rights of root, as far as this machine lets us. Unlike Node's permission model they
 * hold native code too, and the programs that a child may start.
 *
 * Best first. A container may forbid namespaces: then the next one is what there is.
 */
const candidates: readonly (readonly string[])[] = [
  ['unshare', '--user', '--map-current-user', '--net', '--', 'setpriv', '--no-new-privs', '--bounding-set=-all', '--'],
  ['unshare', '--user', '--map-current-user', '--net', '--', 'setpriv', '--no-new-privs', '--'],
  ['setpriv', '--no-new-privs', '--bounding-set=-all', '--'],
  ['setpriv', '--no-new-privs', '--'],
];

export interface Isolation {
  /** What stands before the program; nothing where the system has no such thing. */
  readonly command: readonly string[];
  /** Whether connections are impossible for native code as well. */
  readonly network: boolean;
}

let found: Isolation | undefined;

/** Tried once, with a program that does nothing. */
export function isolation(): Isolation {
  found ??= findIsolation();
  return found;
}

function findIsolation(): Isolation {
  const works = ([program = '', ...args]: readonly string[]) =>
    spawnSync(program, [...args, 'true'], { stdio: 'ignore', timeout: 5_000 }).status === 0;
  const command = (process.platform === 'linux' ? candidates.find(works) : undefined) ?? [];
  return { command, network: command.includes('--net') };
}
