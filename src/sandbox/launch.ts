import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { getCompileCacheDir } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { mebibyte } from '#kernel/units.ts';
import { isolation } from './isolation.ts';

export interface LaunchOptions {
  /** The only folders, besides the program's own, that a child's JavaScript may read; all of them when absent. */
  readonly readableDirs?: readonly string[] | undefined;
  /** The only folders that a child's JavaScript may write to. */
  readonly writableDirs: readonly string[];
  readonly workingDir: string;
  readonly threads: number;
  readonly rssLimitBytes: number;
  /** Those that it may start; Node's permission model knows all or none, so what is not here is not said to it. */
  readonly programs?: Readonly<Record<string, string>> | undefined;
  /** Path of a jemalloc to preload; glibc's allocator keeps what libvips gives back. */
  readonly jemallocPath?: string | undefined;
}

const childProgram = fileURLToPath(new URL('./child.ts', import.meta.url));
const programDir = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');
/** No core file of a gigabyte after a crash; no output file above 4 GiB (in blocks of 512 bytes). Then what comes after. */
const limits = 'ulimit -c 0; ulimit -f 8388608; exec "$0" "$@"';

/**
 * Starts a child that may not read or write elsewhere, open connections or start programs; unless it has
 * programs to start.
 *
 * That is Node's permission model: it holds JavaScript, not native code. Native code is held by being in a process that
 * is cheap to lose, without network and rights where the system can do that (`isolation.ts`).
 */
export function launch(options: LaunchOptions): ChildProcess {
  const nodeFlags = [
    '--permission',
    '--allow-addons',
    '--allow-worker',
    ...readable(options).map((dir) => `--allow-fs-read=${dir}`),
    ...[...options.writableDirs, ...compileCache()].map((dir) => `--allow-fs-write=${dir}/`),
    ...(options.programs === undefined ? [] : ['--allow-child-process', '--disable-warning=PERM0002']),
    '--disable-warning=PERM0001', // about --allow-addons
    '--disable-warning=PERM0006', // about --allow-worker
    // Pictures pass through as buffers of megabytes, each a reason for V8 to begin marking a heap that is small: step by
    // step that takes a third of a thumbnail's time, at once a few milliseconds. Nobody waits for this process's frames.
    '--no-incremental-marking',
    `--max-old-space-size=${Math.max(64, Math.floor(options.rssLimitBytes / mebibyte))}`,
  ];
  const shell = process.platform !== 'win32';
  const child = fork(childProgram, [String(process.pid)], {
    cwd: options.workingDir,
    env: environment(options),
    execPath: shell ? '/bin/sh' : process.execPath,
    execArgv: shell ? ['-c', limits, ...isolation().command, process.execPath, ...nodeFlags] : nodeFlags,
    serialization: 'json',
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  if (child.pid !== undefined) preferAsVictim(child.pid);
  return child;
}

/** The program, what it imports, and what it works on: neither the database nor the secrets beside it. */
function readable({ readableDirs, writableDirs }: LaunchOptions): readonly string[] {
  if (readableDirs === undefined) return ['*'];
  // Installed as somebody's package, what it imports lies beside it.
  const code = basename(dirname(programDir)) === 'node_modules' ? dirname(programDir) : programDir;
  return [code, ...readableDirs, ...writableDirs, ...compileCache()].map((dir) => `${dir}/`);
}

/**
 * Where children keep what Node compiles, if this program does so itself: with it a child starts in a third of the time.
 * They must be allowed to write there. It is a folder of theirs alone, which no server reads; it lies beside the program's
 * own files, so native code that breaks out can write to both or to none.
 */
function compileCache(): readonly string[] {
  const own = getCompileCacheDir();
  if (own === undefined) return [];
  const dir = join(dirname(own), 'children');
  try {
    mkdirSync(dir, { recursive: true });
    return [dir];
  } catch {
    return [];
  }
}

/** Nothing of the parent's environment: it holds passwords. */
function environment({ workingDir, threads, jemallocPath }: LaunchOptions): NodeJS.ProcessEnv {
  const [cache] = compileCache();
  return {
    PATH: '/usr/local/bin:/usr/bin:/bin',
    LANG: 'C.UTF-8',
    TMPDIR: workingDir,
    ...(cache !== undefined && { NODE_COMPILE_CACHE: cache }),
    UV_THREADPOOL_SIZE: String(Math.max(4, threads)),
    // Or ONNX Runtime tells its makers of every session, and leaves files of its own in the scratch folder.
    ORT_DISABLE_TELEMETRY: '1',
    // Text looks the same everywhere only with the fonts that come along; those of the machine take their time, too.
    DISABLE_SYSTEM_FONTS_LOAD: '1',
    ...(jemallocPath === undefined ? { MALLOC_ARENA_MAX: '2' } : { LD_PRELOAD: jemallocPath }),
  };
}

/** When the machine runs out of memory, the kernel takes a child and not the server. */
function preferAsVictim(pid: number): void {
  if (process.platform !== 'linux') return;
  try {
    writeFileSync(`/proc/${pid}/oom_score_adj`, '800');
  } catch {
    // Gone already, or a kernel that forbids it: the order of victims is a preference.
  }
}
