import { spawn } from 'node:child_process';
import { chownSync, mkdtempSync, openSync, readFileSync, realpathSync } from 'node:fs';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Whom a server runs as: PostgreSQL refuses root. */
export type ServerUser = { readonly uid: number; readonly gid: number } | Record<string, never>;

/** The unprivileged account for servers when this process is root; otherwise nothing changes. */
export function serverUser(): ServerUser {
  if (process.getuid?.() !== 0) return {};
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const account = accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody');
  if (!account) throw new Error('No account to run PostgreSQL as: create the user "postgres".');
  return { uid: Number(account[2]), gid: Number(account[3]) };
}

/** An empty folder that the server's user owns; removed when the server ends. */
export function freshServerDir(name: string): string {
  const dir = mkdtempSync(join(realpathSync(tmpdir()), `esteira-test-${name}-`));
  const user = serverUser();
  if (user.uid !== undefined) chownSync(dir, user.uid, user.gid);
  return dir;
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

// Ends the server and removes its folder when standard input closes: that is, when whoever started it is gone,
// however it went. Until then a line is an order: `start`, or a signal to end it with.
const guard = `
dir=$1; shift
trap : INT TERM HUP
"$@" </dev/null &
server=$!
while read -r order; do
  if [ "$order" = start ]; then
    "$@" </dev/null &
    server=$!
  else
    kill -"$order" "$server"
    wait "$server"
  fi
done
kill -INT "$server"
wait "$server"
rm -rf "$dir"
`;

export interface GuardedServer {
  readonly command: readonly string[];
  readonly dir: string;
  readonly user: ServerUser;
  /** Resolves when the server answers; rejects while it does not. */
  ready(): Promise<void>;
}

/** A server of one test's own. */
export interface Restartable {
  /** Ends it, and resolves when nobody gets an answer any more; what it keeps stays. */
  stop(signal?: 'INT' | 'KILL'): Promise<void>;
  /** Starts it again as it was, once the one before is gone, and resolves when it answers. */
  start(): Promise<void>;
}

/** Starts a server that ends with this process, and waits until it answers. @throws Error with the end of its log */
export async function startGuarded({ command, dir, user, ready }: GuardedServer): Promise<Restartable> {
  const logPath = join(dir, 'server.log');
  const log = openSync(logPath, 'a');
  const child = spawn('sh', ['-c', guard, 'guard', dir, ...command], { ...user, cwd: dir, stdio: ['pipe', log, log] });
  child.unref();
  const leash = child.stdin as Socket;
  leash.unref(); // it closes with this process, and must not keep it alive

  async function isReady(): Promise<void> {
    const deadline = Date.now() + 30_000;
    for (;;) {
      try {
        await ready();
        return;
      } catch (error) {
        if (Date.now() > deadline) {
          const tail = readFileSync(logPath, 'utf8').slice(-2_000);
          leash.end();
          throw new Error(`${command[0]} did not answer within 30 s. The end of its log:\n${tail}`, { cause: error });
        }
        await delay(50);
      }
    }
  }

  await isReady();
  return {
    async stop(signal = 'INT') {
      leash.write(`${signal}\n`);
      while (await answers(ready)) await delay(20);
    },
    async start() {
      leash.write('start\n');
      await isReady();
    },
  };
}

function answers(ready: () => Promise<void>): Promise<boolean> {
  return ready().then(
    () => true,
    () => false,
  );
}
