import { type AdminCall, administer } from '../admin.ts';
import { type Arguments, type Command, textOf, UsageError } from '../command.ts';
import { dataOption } from '../settings.ts';
import { workspaceFrom, workspaceOption } from '../workspace.ts';

interface Key {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
  readonly scopes: readonly string[];
  readonly expiresAt: string | null;
  readonly lastUsedAt: string | null;
  readonly requestsPerMinute: number | null;
  readonly revokedAt: string | null;
}

type NewKey = Key & { readonly key: string };

export const keysCommand: Command = {
  summary: 'Make, list, rotate and revoke API keys.',
  usage: 'keys <list|create|rotate|revoke> [name or id] [options]',
  options: [
    dataOption,
    workspaceOption,
    { name: 'scopes', value: 'list', help: 'create: what the key may, like jobs:read,jobs:write.' },
    { name: 'expires', value: 'time', help: 'create: when it ends, like 2027-01-31 (default: never).' },
    { name: 'requests-per-minute', value: 'number', help: 'create: a limit of its own.' },
    { name: 'overlap', value: 'seconds', help: 'rotate: how long the old secret holds as well (default 0).' },
    { name: 'json', help: 'Print JSON.' },
  ],
  notes: [
    'keys create CI --scopes jobs:read,jobs:write > key.txt    the key, and nothing else, is on standard output',
    'A key that is made here belongs to the server: it holds until it is revoked, whoever comes and goes.',
    'docs/access.md lists the permissions. Works through the running server, else on the database.',
  ],
  run: (args) => {
    const [action = '', ...rest] = args.positionals;
    const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (run === undefined) throw new UsageError(`keys is followed by one of ${Object.keys(actions).join(', ')}.`);
    const subject = { list: undefined, create: '<name>', rotate: '<id>', revoke: '<id>' }[action];
    if (rest.length !== (subject === undefined ? 0 : 1)) {
      throw new UsageError(`keys ${action}${subject === undefined ? '' : ` ${subject}`} is all it takes.`);
    }
    return administer(args, (call) => run(call, args, rest[0] ?? ''));
  },
};

type Action = (call: AdminCall, args: Arguments, subject: string) => Promise<number>;

const actions: Readonly<Record<string, Action>> = {
  async list(call, args) {
    const { items } = await call<{ items: Key[] }>('GET', '/v1/api-keys', undefined, await workspaceFrom(call, args));
    for (const key of items) process.stdout.write(args.values['json'] ? `${JSON.stringify(key)}\n` : line(key));
    return 0;
  },

  async create(call, args, name) {
    const scopes = textOf(args, 'scopes')?.split(',').filter(Boolean);
    if (scopes === undefined) throw new UsageError('keys create needs --scopes, like --scopes jobs:read,jobs:write.');
    const rate = textOf(args, 'requests-per-minute');
    const body = {
      name,
      scopes,
      expiresAt: momentOf(textOf(args, 'expires')),
      ...(rate !== undefined && { requestsPerMinute: wholeNumber('requests-per-minute', rate) }),
    };
    show(args, await call<NewKey>('POST', '/v1/api-keys', body, await workspaceFrom(call, args)));
    return 0;
  },

  async rotate(call, args, id) {
    const overlapSeconds = wholeNumber('overlap', textOf(args, 'overlap') ?? '0');
    const path = `/v1/api-keys/${encodeURIComponent(id)}/rotate`;
    show(args, await call<NewKey>('POST', path, { overlapSeconds }, await workspaceFrom(call, args)));
    return 0;
  },

  async revoke(call, args, id) {
    await call('DELETE', `/v1/api-keys/${encodeURIComponent(id)}`, undefined, await workspaceFrom(call, args));
    process.stdout.write(args.values['json'] ? `${JSON.stringify({ id, revoked: true })}\n` : `revoked ${id}\n`);
    return 0;
  },
};

/** The key alone where a program may read it; what people want to know beside it. */
function show(args: Arguments, made: NewKey): void {
  if (args.values['json']) {
    process.stdout.write(`${JSON.stringify(made)}\n`);
    return;
  }
  process.stderr.write(`${line(made)}Shown this once:\n`);
  process.stdout.write(`${made.key}\n`);
}

function line({ id, name, scopes, expiresAt, lastUsedAt, revokedAt }: Key): string {
  const marks = [
    revokedAt !== null ? `revoked ${revokedAt}` : expiresAt !== null && `until ${expiresAt}`,
    lastUsedAt !== null && `used ${lastUsedAt}`,
  ];
  return `${[id, name, scopes.join(','), ...marks.filter(Boolean)].join('  ')}\n`;
}

function momentOf(text: string | undefined): string | null {
  if (text === undefined) return null;
  const moment = new Date(text);
  if (!Number.isNaN(moment.getTime())) return moment.toISOString();
  throw new UsageError(`--expires ${text} is no time. Write it like 2027-01-31 or 2027-01-31T12:00:00Z.`);
}

function wholeNumber(option: string, text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`--${option} takes a whole number, not ${text}.`);
}
