import type { Config } from '#config.ts';
import { AppError } from '#kernel/errors.ts';
import { formatBytes } from '#kernel/units.ts';
import { diskCheck, memoryCheck } from '#observability/checks.ts';
import { createHealth, type HealthCheck, type HealthReading, type HealthReport } from '#observability/health.ts';
import { createLogger } from '#observability/logger.ts';
import { loadProcessors } from '#processors/registry.ts';
import { type Arguments, type Command, UsageError } from '../command.ts';
import {
  dataFolderCheck,
  ffmpegCheck,
  isolationCheck,
  machineCheck,
  nodeCheck,
  objectCheck,
  processorCheck,
  serverCheck,
} from '../doctor-checks.ts';
import { configFrom, dataOption } from '../settings.ts';

/** Loading a model from a cold disk takes its time. */
const timeoutMs = 120_000;

export const doctorCommand: Command = {
  summary: 'Say what is wrong with this installation, and what to do.',
  usage: 'doctor [options]',
  options: [dataOption, { name: 'json', help: 'Print one JSON object.' }],
  notes: ['Exit code 1 when something does not work. While a server runs, it is asked how it is.'],
  run: doctor,
};

async function doctor(args: Arguments): Promise<number> {
  const [stray] = args.positionals;
  if (stray !== undefined) throw new UsageError(`doctor takes no argument: ${stray}.`);
  const report = await examine(args);
  if (args.values['json']) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else for (const [name, reading] of Object.entries(report.checks)) process.stdout.write(line(name, reading));
  return report.status === 'unhealthy' ? 1 : 0;
}

async function examine(args: Arguments): Promise<HealthReport> {
  let config: Config;
  try {
    config = configFrom(args);
  } catch (error) {
    return await look([nodeCheck(), failed('configuration', error)]);
  }
  const basics = [
    nodeCheck(),
    dataFolderCheck(config),
    diskCheck(config.dataDir),
    memoryCheck(),
    machineCheck(config),
    ffmpegCheck(config),
    isolationCheck(),
  ];
  const [{ openEngines, engineChecks }, { openSandbox }] = await Promise.all([
    import('#main/engines.ts'),
    import('#main/sandbox.ts'),
  ]);
  await using opened = new AsyncDisposableStack();
  const log = createLogger({ level: 'silent' });
  const processors = await loadProcessors();
  const engines = await openEngines(config, log, opened).catch((error: unknown) => ({ error }));
  if ('error' in engines) {
    const address = engines.error instanceof AppError ? engines.error.extensions['address'] : undefined;
    return await look([
      ...basics,
      typeof address === 'string' ? serverCheck(address) : failed('engines', engines.error),
    ]);
  }
  const sandbox = await openSandbox(config, processors, log, opened);
  return await look([
    ...basics,
    ...engineChecks(engines, config),
    objectCheck(engines, config),
    ...processors.list().map(({ name }) => processorCheck(name, sandbox)),
  ]);
}

/** Unlike a server's report, this one is for the operator's eyes: it says what went wrong. */
async function look(checks: readonly HealthCheck[]): Promise<HealthReport> {
  const outspoken = checks.map((check) => ({
    ...check,
    read: () => check.read().catch((error: unknown) => ({ status: 'unhealthy' as const, reason: explain(error) })),
  }));
  const { status, checks: readings } = await createHealth(outspoken, { timeoutMs }).report();
  const { application: _, ...others } = readings;
  return { status, checks: others };
}

function failed(name: string, error: unknown): HealthCheck {
  return { name, critical: true, read: () => Promise.reject(error) };
}

function explain(error: unknown): string {
  return error instanceof AppError ? error.detail : String(error);
}

function inWords(fact: string, value: unknown): string {
  if (typeof value === 'number' && fact.endsWith('Bytes')) return `${fact.slice(0, -5)} ${formatBytes(value)}`;
  return `${fact} ${value}`;
}

function line(name: string, { status, reason, facts = {} }: HealthReading): string {
  const mark = { healthy: '✔', degraded: '!', unhealthy: '✖' }[status];
  const details = Object.entries(facts).map(([fact, value]) => inWords(fact, value));
  return `${mark} ${name}${reason === undefined ? '' : `: ${reason}`}${details.length === 0 ? '' : ` (${details.join(', ')})`}\n`;
}
