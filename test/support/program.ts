import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { buffer, text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** What people start. */
export const programPath = fileURLToPath(new URL('../../bin/esteira.js', import.meta.url));

export interface ProgramOptions {
  readonly cwd: string;
  readonly input?: Buffer;
  /** Settings; none of ours are inherited. */
  readonly env?: Readonly<Record<string, string>>;
  /** Which Node.js runs it. */
  readonly node?: string;
  /** What is run instead of Esteira's own program. */
  readonly program?: string;
}

export interface Ended {
  /** Exit code, or the signal that ended it. */
  readonly code: number | NodeJS.Signals;
  readonly stdout: string;
  readonly stdoutBytes: Buffer;
  readonly stderr: string;
}

/** Runs the program to its end. */
export async function runProgram(args: readonly string[], options: ProgramOptions): Promise<Ended> {
  const child = startProgram(args, options);
  child.stdin?.end(options.input);
  const [stdoutBytes, stderr, [code, signal]] = await Promise.all([
    child.stdout === null ? Buffer.alloc(0) : buffer(child.stdout),
    child.stderr === null ? '' : text(child.stderr),
    once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>,
  ]);
  return { code: code ?? signal ?? 0, stdout: stdoutBytes.toString(), stdoutBytes, stderr };
}

/** Starts it with pipes; whoever starts it ends it. */
export function startProgram(args: readonly string[], options: Omit<ProgramOptions, 'input'>): ChildProcess {
  const ours = /^(ESTEIRA_|DATABASE_URL|REDIS_URL|S3_|NODE_)/;
  const inherited = Object.entries(process.env).filter(([name]) => !ours.test(name));
  return spawn(options.node ?? process.execPath, [options.program ?? programPath, ...args], {
    cwd: options.cwd,
    env: { ...Object.fromEntries(inherited), ...options.env },
    stdio: 'pipe',
  });
}

export interface StartedServer {
  readonly process: ChildProcess;
  readonly address: string;
  /** Everything on standard output until now. */
  stdout(): string;
  stderr(): string;
  /** @returns the exit code or signal */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals>;
}

/** `esteira start` on a free port, up to its line. @throws Error with what it said when it ends before */
export async function startServerProgram(
  args: readonly string[],
  options: Omit<ProgramOptions, 'input'>,
): Promise<StartedServer> {
  const child = startProgram(['start', '--port', '0', ...args], options);
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    stderr += chunk;
  });
  const exit = once(child, 'exit') as Promise<[number | null, NodeJS.Signals | null]>;
  const lines = createInterface({ input: child.stdout ?? process.stdin });
  const line = await Promise.race([once(lines, 'line').then(([first]) => String(first)), exit.then(() => undefined)]);
  const address = line?.match(/http:\/\/\S+/)?.[0];
  if (address === undefined) {
    child.kill('SIGKILL');
    throw new Error(`the server did not start: ${stdout}${stderr}`);
  }
  return {
    process: child,
    address,
    stdout: () => stdout,
    stderr: () => stderr,
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      const [code, killedBy] = await exit;
      return code ?? killedBy ?? 0;
    },
  };
}
