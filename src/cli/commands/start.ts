import { constants } from 'node:os';
import type { Config } from '#config.ts';
import type { RunningServer } from '#main.ts';
import { buildStudio } from '../build-studio.ts';
import { type Arguments, type Command, UsageError } from '../command.ts';
import { configFrom, dataOption } from '../settings.ts';
import type { ReadyMessage } from '../supervisor.ts';

/** What closing may take beyond the grace of running jobs, before the process ends anyway. */
const closingMs = 5_000;

export const startCommand: Command = {
  summary: 'Start the server: the API, the worker, or both.',
  usage: 'start [options]',
  options: [
    { name: 'role', value: 'all|api|worker', help: 'What this process does (default all).' },
    { name: 'port', value: 'N', help: 'Port to listen on (default 3000; 0 takes any free one).' },
    { name: 'host', value: 'H', help: 'Address to listen on (default 127.0.0.1).' },
    dataOption,
  ],
  notes: [
    'Prints one line with its address when it is ready. The log goes to standard error as JSON, or to',
    'ESTEIRA_LOG_FILE; on a terminal only warnings and errors are shown unless ESTEIRA_LOG_LEVEL asks for debug.',
    'The studio is built first where its sources are newer than what was built.',
    'With ESTEIRA_API_PROCESSES it starts that many processes for the API and looks after them.',
    'SIGTERM or Ctrl-C lets running jobs finish (ESTEIRA_SHUTDOWN_GRACE_MS); a second one ends it at once.',
  ],
  run: start,
};

async function start(args: Arguments): Promise<number> {
  const [stray] = args.positionals;
  if (stray !== undefined) throw new UsageError(`start takes no argument: ${stray}.`);
  const config = configFrom(args);
  if (config.role !== 'worker') await buildStudio((line) => process.stderr.write(`esteira: ${line}\n`));
  const stopWithinMs = config.shutdownDelayMs + config.shutdownGraceMs + closingMs;
  if (config.apiProcesses > 1) return await startSeveral(config, stopWithinMs);
  const { startServer } = await import('#main.ts');
  const server = await startServer(config);
  const { address, healthAddress } = server;
  // Before the line: whoever reads it may send the signal at once.
  const stopping = nextSignal();
  process.stdout.write(readyLine(server));
  process.send?.({ address, healthAddress } satisfies ReadyMessage);
  await stopping;
  return await stop(server, stopWithinMs);
}

async function startSeveral(config: Config, stopWithinMs: number): Promise<never> {
  const { startProcesses } = await import('../supervisor.ts');
  const say = (line: string): void => void process.stderr.write(`esteira: ${line}\n`);
  const server = await startProcesses(config, say, stopWithinMs);
  const stopping = nextSignal();
  process.stdout.write(readyLine(server));
  const failed = server.failed.then(() => 1);
  const exitCode = await Promise.race([failed, stopping.then(() => 0)]);
  if (exitCode > 0) say('None of the processes can be kept running; giving up.');
  return await stop(server, stopWithinMs + closingMs, exitCode);
}

function readyLine({ address, healthAddress }: RunningServer): string {
  if (address !== undefined) return `Esteira is ready: ${address}\n`;
  return `Esteira works on jobs.${healthAddress === undefined ? '' : ` It says how it is at ${healthAddress}`}\n`;
}

async function stop(server: RunningServer, deadlineMs: number, exitCode = 0): Promise<never> {
  void nextSignal().then((again) => process.exit(128 + constants.signals[again]));
  setTimeout(() => {
    process.stderr.write(`esteira: not stopped after ${deadlineMs / 1000} s; ending anyway.\n`);
    process.exit(1);
  }, deadlineMs);
  await server.close();
  // Whatever a library left open must not keep a stopped server alive.
  process.exit(exitCode);
}

function nextSignal(): Promise<NodeJS.Signals> {
  const { promise, resolve } = Promise.withResolvers<NodeJS.Signals>();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve);
  // Whoever started this process to look after it is gone.
  process.once('disconnect', () => resolve('SIGTERM'));
  return promise;
}
