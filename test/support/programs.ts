import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * Path of a program: on the PATH, else in the newest of the folders that match.
 *
 * @param folders glob of folders whose names sort by version, such as `/opt/x/*`
 */
export function findProgram(name: string, folders?: string): string | undefined {
  const onPath = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean);
  const elsewhere = folders === undefined ? [] : globSync(folders).sort(byVersion).reverse();
  return [...onPath, ...elsewhere].map((folder) => join(folder, name)).find(isExecutable);
}

/**
 * Installs a Debian package where that is possible without asking anyone: on Debian, as root.
 *
 * @param find looks for the program afterwards
 * @param instead what may be set to do without it
 * @throws Error saying what to install by hand
 */
export function installWithApt(
  packageName: string,
  find: () => string | undefined,
  instead = 'TEST_DATABASE_URL and TEST_REDIS_URL to servers for tests',
): string {
  if (process.getuid?.() === 0 && existsSync('/usr/bin/apt-get')) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    // Another test may be installing something else.
    const aptGet = (...args: string[]) =>
      execFileSync('apt-get', ['-o', 'DPkg::Lock::Timeout=300', '-q', ...args], { env, stdio: ['ignore', 2, 2] });
    aptGet('update');
    aptGet('install', '-y', '--no-install-recommends', packageName);
  }
  const found = find();
  if (found !== undefined) return found;
  throw new Error(
    `The tests need ${packageName}: install it (Debian: apt-get install ${packageName}; macOS: brew install ` +
      `${packageName.replace('-server', '')}), or set ${instead}.`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function byVersion(a: string, b: string): number {
  return a.localeCompare(b, 'en', { numeric: true });
}
