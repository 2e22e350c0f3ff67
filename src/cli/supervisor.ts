import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Config, currentEnvironment } from '#config.ts';
import { AppError } from '#kernel/errors.ts';
import { cannotListen } from '#main/cannot-listen.ts';
import type { RunningServer } from '#main.ts';

const program = join(import.meta.dirname, '..', '..', 'bin', 'esteira.js');
const firstBackoffMs = 500;
const maxBackoffMs = 30_000;
/** A process that lived this long is not one that cannot live. */
const healthyMs = 60_000;
/** Of one process, without having been ready; and then only when no other one runs. */
const maxFailedStarts = 8;

/** What a process that was started by another tells it when it is ready. */
export interface ReadyMessage {
  readonly address: string | undefined;
  readonly healthAddress: string | undefined;
}

export interface Supervised extends RunningServer {
  /** Resolves when none of the processes can be kept running. */
  readonly failed: Promise<void>;
}

/**
 * Several processes for the API at one port, and a worker beside them for the role `all`. One that ends is started
 * again, after a pause that grows while it does not become ready.
 *
 * They end with this process, however it ends.
 *
 * @param say gets a line about each process that ended by itself
 * @param stopWithinMs how long they may take to stop before they are killed
 * @throws AppError CONFIG_INVALID when the port cannot be had, or a process does not become ready at the start
 */
export async function startProcesses(
  config: Config,
  say: (line: string) => void,
  stopWithinMs: number,
): Promise<Supervised> {
  const port = await freePort(config);
  const stopping = new AbortController();
  const failed = Promise.withResolvers<void>();
  const plans = plan(config, port);
  const running = new Map<string, ChildProcess>();

  function startOne({ name, environment }: Plan): ChildProcess {
    const child = fork(program, ['start'], {
      env: { ...currentEnvironment(), ...environment },
      // A terminal's Ctrl-C comes to this process alone, which passes it on.
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    running.set(name, child);
    return child;
  }

  /** From one end of the process to the next, until all are stopped. */
  async function keep(one: Plan, first: ChildProcess): Promise<void> {
    let [child, isReady, failures] = [first, true, 0];
    for (;;) {
      const startedMs = performance.now();
      child.once('message', () => {
        isReady = true;
      });
      await ended(child);
      running.delete(one.name);
      if (stopping.signal.aborted) return;
      failures = isReady || performance.now() - startedMs > healthyMs ? 0 : failures + 1;
      if (failures >= maxFailedStarts && running.size === 0) return failed.resolve();
      const pauseMs = Math.min(maxBackoffMs, firstBackoffMs * 2 ** failures);
      say(`${one.name} ended (${child.signalCode ?? child.exitCode}); it is started again in ${pauseMs / 1_000} s.`);
      await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      [child, isReady] = [startOne(one), false];
    }
  }

  async function stop(): Promise<void> {
    stopping.abort();
    const children = [...running.values()];
    for (const child of children) child.kill('SIGTERM');
    const late = setTimeout(() => {
      for (const child of children) child.kill('SIGKILL');
    }, stopWithinMs);
    await Promise.all(children.map(ended));
    clearTimeout(late);
  }

  let address: string | undefined;
  const kept: (() => Promise<void>)[] = [];
  // One after the other: the first one brings the database up to date.
  for (const one of plans) {
    const child = startOne(one);
    const message = await ready(child);
    if (message === undefined) {
      await stop();
      throw new AppError('CONFIG_INVALID', `${one.name} did not start; what it said is above.`);
    }
    address ??= message.address;
    kept.push(() => keep(one, child));
  }
  for (const keepOne of kept) void keepOne();
  return { address, healthAddress: undefined, failed: failed.promise, close: stop };
}

interface Plan {
  /** For messages: `api 2`. */
  readonly name: string;
  readonly environment: Readonly<Record<string, string>>;
}

function plan(config: Config, port: number): Plan[] {
  const names = Array.from({ length: config.apiProcesses }, (_, at) => `api ${at + 1}`);
  if (config.role === 'all') names.push('worker');
  return names.map((name, at) => ({ name, environment: environmentOf(config, name, port, at + 1) }));
}

/** What the command line said is passed on as settings, too. */
function environmentOf(config: Config, name: string, port: number, place: number): Record<string, string> {
  const { host, dataDir, healthPort, logFile } = config;
  const isWorker = name === 'worker';
  const settings = {
    ESTEIRA_ROLE: isWorker ? 'worker' : 'api',
    ESTEIRA_API_PROCESSES: '1',
    ESTEIRA_REUSE_PORT: '1',
    ESTEIRA_HOST: host,
    ESTEIRA_PORT: String(port),
    ESTEIRA_DATA_DIR: dataDir,
    ...(healthPort !== undefined && {
      ESTEIRA_HEALTH_PORT: String(healthPort === 0 ? 0 : healthPort + (isWorker ? 0 : place)),
    }),
    // Two that write to one file would each begin it anew.
    ...(logFile !== undefined && { ESTEIRA_LOG_FILE: `${logFile}.${name.replace(' ', '-')}` }),
  };
  // A name may be set by a file as well, and both at once is a mistake.
  const files = Object.keys(settings).map((setting) => [`${setting}_FILE`, ''] as const);
  return { ...Object.fromEntries(files), ...settings };
}

/** Sharing a port, two servers would not notice each other: so it is asked for alone first. */
async function freePort({ host, port }: Config): Promise<number> {
  const server = createServer();
  try {
    server.listen({ host, port, exclusive: true });
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  } catch (error) {
    return cannotListen(error, { host, port });
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

/** @returns undefined when it ends before */
async function ready(child: ChildProcess): Promise<ReadyMessage | undefined> {
  const message = once(child, 'message').then(([first]) => first as ReadyMessage);
  return await Promise.race([message, ended(child).then(() => undefined)]);
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}
