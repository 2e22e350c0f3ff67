import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { testModelsDir } from '../../support/models-dir.ts';
import { findProgram, installWithApt } from '../../support/programs.ts';
import type { InsideAnswer, InsideQuestion, InsideStart, Traffic } from './messages.ts';

/** What a request must not have changed, and what it may have reached. */
export interface Surroundings {
  /** Files and folders beside the data folder, with what is in them, and the names in /tmp and in a few folders of the system. */
  readonly files: readonly string[];
  readonly traffic: Traffic;
  readonly reached: readonly string[];
}

/** The real program in a network and a /tmp of its own. Every address of the world leads to the test's own servers. */
export interface IsolatedServer extends AsyncDisposable {
  /** A Unix socket at which it takes requests. */
  readonly socketPath: string;
  readonly host: string;
  /** Holds `data`, `cwd` and canaries; no path in it may be in an answer. */
  readonly dir: string;
  readonly dataDir: string;
  /** Settings that no answer may show. */
  readonly secrets: readonly string[];
  look(): Promise<Surroundings>;
  /** Puts a file at a path of every address of the web. */
  publish(path: string, text: string): Promise<void>;
  /** @param names see `InsideQuestion` */
  resolveNames(names: Readonly<Record<string, readonly string[]>>): Promise<void>;
  log(): Promise<string>;
}

const inside = fileURLToPath(new URL('./inside.ts', import.meta.url));
const repository = fileURLToPath(new URL('../../../', import.meta.url)).replace(/\/$/, '');
const canary = 'Nobody writes here.\n';

/**
 * @param env settings besides those that every test server has
 * @throws Error where this process may not make namespaces: it needs root, and in a container CAP_SYS_ADMIN
 */
export async function startIsolatedServer(env: Readonly<Record<string, string>> = {}): Promise<IsolatedServer> {
  // Not below /tmp, which the server sees another of.
  const dir = await mkdtemp('/var/tmp/esteira-hostile-');
  await using opened = new AsyncDisposableStack();
  opened.defer(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  const dataDir = join(dir, 'data');
  const socketPath = join(dir, 'socket');
  for (const folder of ['cwd', 'home', 'data/models', 'data2', 'program', 'etc/cron.d']) {
    await mkdir(join(dir, folder), { recursive: true });
  }
  for (const file of ['cwd/canary', 'data2/canary', 'etc/passwd', 'canary']) await writeFile(join(dir, file), canary);
  await mkdir(testModelsDir, { recursive: true });

  const settings = {
    ESTEIRA_PORT: '0',
    ESTEIRA_DATA_DIR: dataDir,
    ESTEIRA_LOG_FILE: join(dir, 'log'),
    ESTEIRA_URL_SIGNING_KEYS: 'signing-key-of-the-hostile-tests-only',
    HOME: join(dir, 'home'),
    ...env,
  };
  const child = spawn('unshare', ['--net', '--mount', 'sh', '-ec', enter(dir), process.execPath, inside], {
    cwd: dir,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  opened.defer(() => end(child));
  const ask = asking(child);
  await ask({ start: { socketPath, cwd: join(dir, 'cwd'), env: settings } });
  const lasting = opened.move();
  return {
    socketPath,
    host: '127.0.0.1:3000',
    dir,
    dataDir,
    secrets: [settings.ESTEIRA_URL_SIGNING_KEYS, ...(env['ESTEIRA_AUTH_SECRET'] ? [env['ESTEIRA_AUTH_SECRET']] : [])],
    async look() {
      const { traffic, temporary = [], reached = [] } = await ask({ look: true });
      if (traffic === undefined) throw new Error('The closed network did not say what was sent in it.');
      const names = temporary.map((name) => `/tmp/${name}`);
      return { traffic, reached, files: [...(await filesBeside(dir)), ...names, ...(await systemNames())] };
    },
    publish: async (path, text) => void (await ask({ publish: { path, text } })),
    resolveNames: async (names) => void (await ask({ names })),
    log: () => readFile(join(dir, 'log'), 'utf8'),
    [Symbol.asyncDispose]: () => lasting.disposeAsync(),
  };
}

/** Every address is this machine's; names are asked of the test; the models come along, and nothing else of /tmp. */
function enter(dir: string): string {
  const ip =
    findProgram('ip', '/usr/sbin') ??
    installWithApt('iproute2', () => findProgram('ip', '/usr/sbin'), 'the PATH to a folder that has `ip`');
  return [
    `${ip} link set lo up`,
    `${ip} route add local 0.0.0.0/0 dev lo`,
    `${ip} -6 route add local ::/0 dev lo || true`,
    `echo nameserver 127.0.0.53 > ${dir}/resolv.conf`,
    `mount --bind ${dir}/resolv.conf /etc/resolv.conf`,
    `mount --bind ${testModelsDir} ${dir}/data/models`,
    `mount --rbind ${repository} ${dir}/program`,
    'mount -t tmpfs -o mode=1777 tmpfs /tmp',
    // Where the program itself is below /tmp it stays there.
    `mkdir -p ${repository}`,
    `mount --rbind ${dir}/program ${repository}`,
    `umount --recursive ${dir}/program`,
    'exec "$0" "$@"',
  ].join('\n');
}

function asking(child: ChildProcess) {
  // One question at a time: answers have no numbers.
  let last: Promise<unknown> = Promise.resolve();
  return (question: InsideStart | InsideQuestion): Promise<InsideAnswer> => {
    const next = last.then(async () => {
      const ended = new AbortController();
      child.once('exit', () => ended.abort(new Error('The closed network ended.')));
      child.send(question);
      const [answer] = (await once(child, 'message', { signal: ended.signal })) as [InsideAnswer];
      if (answer.failed !== undefined) throw new Error(answer.failed);
      return answer;
    });
    last = next.catch(() => {});
    return next;
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, 'exit');
  if (child.connected) {
    child.send({ stop: true });
    await Promise.race([once(child, 'message'), exited]);
    child.disconnect();
  }
  await exited;
}

/** With size and time of change, so that a file that was written over shows. */
async function filesBeside(dir: string): Promise<string[]> {
  const own = ['data', 'log', 'socket'];
  const beside = (await readdir(dir)).filter((name) => !own.includes(name));
  const inside = beside.map((name) => readdir(join(dir, name), { recursive: true }).catch(() => []));
  const all = (await Promise.all(inside)).flatMap((names, at) => [
    beside[at] ?? '',
    ...names.map((name) => join(beside[at] ?? '', name)),
  ]);
  return (await Promise.all(all.map((name) => describe(join(dir, name))))).sort();
}

async function describe(path: string): Promise<string> {
  const { size, mtimeMs } = await stat(path);
  return `${path} ${size} ${mtimeMs}`;
}

/** Where a path that climbs would end. */
async function systemNames(): Promise<string[]> {
  const folders = ['/', '/etc/cron.d'];
  const names = folders.map(async (folder) =>
    (await readdir(folder).catch(() => [])).map((name) => join(folder, name)),
  );
  return (await Promise.all(names)).flat().sort();
}
