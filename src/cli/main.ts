import { createRequire } from 'node:module';
import { AppError } from '#kernel/errors.ts';
import { closest } from '#kernel/spelling.ts';
import { type Command, columns, commandHelp, parseArguments, UsageError } from './command.ts';

/** Loaded when it is asked for: a help text should not wait for a database. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  start: async () => (await import('./commands/start.ts')).startCommand,
  cutout: async () => (await import('./commands/cutout.ts')).cutoutCommand(),
  thumbnails: async () => (await import('./commands/thumbnails.ts')).thumbnailsCommand(),
  analyze: async () => (await import('./commands/analyze.ts')).analyzeCommand(),
  stems: async () => (await import('./commands/stems.ts')).stemsCommand(),
  models: async () => (await import('./commands/models.ts')).modelsCommand,
  users: async () => (await import('./commands/users.ts')).usersCommand,
  keys: async () => (await import('./commands/keys.ts')).keysCommand,
  tenants: async () => (await import('./commands/tenants.ts')).tenantsCommand,
  plans: async () => (await import('./commands/plans.ts')).plansCommand,
  audit: async () => (await import('./commands/audit.ts')).auditCommand,
  doctor: async () => (await import('./commands/doctor.ts')).doctorCommand,
  openapi: async () => (await import('./commands/openapi.ts')).openapiCommand,
};

/**
 * The command line.
 *
 * @param argv what follows `esteira`
 * @returns the exit code: 0 done, 1 failed, 2 wrong usage, 130 interrupted
 */
export async function runCli(argv: readonly string[]): Promise<number> {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error; // the reader has seen enough
  });
  const [verb = '', ...args] = argv;
  try {
    if (verb === '--version' || verb === '-V') return print(`${version()}\n`);
    if (verb === '' || verb === '--help' || verb === '-h' || verb === 'help') {
      const asked = Object.hasOwn(commands, args[0] ?? '') ? commands[args[0] ?? ''] : undefined;
      const text = asked === undefined ? await overview() : commandHelp(await asked());
      return verb === '' ? wrongUsage(text) : print(text);
    }
    const load = Object.hasOwn(commands, verb) ? commands[verb] : undefined;
    if (load === undefined) throw unknownVerb(verb);
    const command = await load();
    const parsed = parseArguments(args, command.options);
    return parsed.values['help'] ? print(commandHelp(command)) : await command.run(parsed);
  } catch (error) {
    if (error instanceof UsageError) {
      const help = Object.hasOwn(commands, verb) ? `esteira ${verb} --help` : 'esteira --help';
      return wrongUsage(`esteira: ${error.message}\nSee ${help}.\n`);
    }
    process.stderr.write(`esteira: ${explain(error)}\n`);
    return 1;
  }
}

function explain(error: unknown): string {
  if (error instanceof AppError) return error.detail;
  return `this should not have happened; please report it.\n${error instanceof Error ? error.stack : String(error)}`;
}

async function overview(): Promise<string> {
  const rows = Object.entries(commands).map(async ([name, load]) => [name, (await load()).summary] as const);
  return (
    'Esteira, a self-hosted media line: photos and tracks in; cut-outs, thumbnails, mix reports and stems out.\n\n' +
    `Usage: esteira <command> [options]\n\nCommands:\n${columns(await Promise.all(rows))}\n\n` +
    'esteira <command> --help says what each can do. Settings come from the environment (ESTEIRA_…) and from .env.\n'
  );
}

function version(): string {
  const { version } = createRequire(import.meta.url)('../../package.json') as { version: string };
  return version;
}

function unknownVerb(verb: string): UsageError {
  if (verb.startsWith('-')) return new UsageError(`${verb} comes after a command: esteira <command> ${verb}.`);
  const near = closest(verb, Object.keys(commands));
  return new UsageError(`${verb} is not a command.${near === undefined ? '' : ` Did you mean ${near}?`}`);
}

function print(text: string): number {
  process.stdout.write(text);
  return 0;
}

function wrongUsage(text: string): number {
  process.stderr.write(text);
  return 2;
}
