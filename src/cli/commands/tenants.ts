import { type AdminCall, administer } from '../admin.ts';
import { type Arguments, type Command, textOf, UsageError } from '../command.ts';
import { dataOption } from '../settings.ts';

interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
}

type NewTenant = Tenant & { readonly invitation: { readonly url: string; readonly expiresAt: string } | null };

export const tenantsCommand: Command = {
  summary: 'List, make and rename workspaces.',
  usage: 'tenants <list|create|rename> [name or id] [new name] [options]',
  options: [
    dataOption,
    { name: 'owner', value: 'address', help: 'create: the e-mail address of its owner.' },
    { name: 'json', help: 'Print JSON.' },
  ],
  notes: [
    'tenants create "Loja da Ana" --owner ana@example.com    who has no account gets an invitation, printed here too',
    'tenants rename <id> "Another name"',
    'Works through the running server, else on the database.',
  ],
  run: (args) => {
    const [action = '', ...rest] = args.positionals;
    const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (run === undefined) throw new UsageError(`tenants is followed by one of ${Object.keys(actions).join(', ')}.`);
    return administer(args, (call) => run(call, args, rest));
  },
};

type Action = (call: AdminCall, args: Arguments, rest: readonly string[]) => Promise<number>;

const actions: Readonly<Record<string, Action>> = {
  async list(call, args, rest) {
    if (rest.length > 0) throw new UsageError('tenants list takes no more.');
    for (let cursor: string | null = ''; cursor !== null; ) {
      const path: string = `/v1/tenants?limit=100${cursor === '' ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
      const page = await call<{ items: Tenant[]; nextCursor: string | null }>('GET', path);
      for (const tenant of page.items) print(args, tenant);
      cursor = page.nextCursor;
    }
    return 0;
  },

  async create(call, args, [name, stray]) {
    const ownerEmail = textOf(args, 'owner');
    if (name === undefined || stray !== undefined || ownerEmail === undefined) {
      throw new UsageError('tenants create <name> --owner <address> is what it takes.');
    }
    const made = await call<NewTenant>('POST', '/v1/tenants', { name, ownerEmail });
    print(args, made);
    if (made.invitation !== null && !args.values['json']) {
      process.stdout.write(`Its owner joins at ${made.invitation.url} until ${made.invitation.expiresAt}\n`);
    }
    return 0;
  },

  async rename(call, args, [id, name, stray]) {
    if (id === undefined || name === undefined || stray !== undefined) {
      throw new UsageError('tenants rename <id> <new name> is what it takes.');
    }
    print(args, await call<Tenant>('PATCH', `/v1/tenants/${encodeURIComponent(id)}`, { name }));
    return 0;
  },
};

function print(args: Arguments, tenant: Tenant): void {
  process.stdout.write(args.values['json'] ? `${JSON.stringify(tenant)}\n` : `${tenant.id}  ${tenant.name}\n`);
}
