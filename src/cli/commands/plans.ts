import type { Plan } from '#accounts/plans/plan.ts';
import { type AdminCall, administer } from '../admin.ts';
import { type Arguments, type Command, UsageError } from '../command.ts';
import { dataOption } from '../settings.ts';

/** Options that are limits of a plan, and what they are called there. */
const limits = {
  'requests-per-minute': ['requestsPerMinute', 'Requests of one person or key in a minute.'],
  'jobs-per-minute': ['jobsPerMinute', 'Jobs asked for in a minute.'],
  'concurrent-jobs': ['concurrentJobs', 'Jobs that run at once.'],
  'stored-bytes': ['storedBytes', 'Bytes of uploads and results together.'],
  'upload-bytes': ['uploadBytes', 'Bytes of one upload.'],
  'images-per-month': ['imagesPerMonth', 'Pictures made in a month.'],
  'audio-minutes-per-month': ['audioMinutesPerMonth', 'Minutes of sound worked on in a month.'],
  'retention-seconds': ['retentionSeconds', 'How long finished jobs are kept at most.'],
  'audit-retention-days': ['auditRetentionDays', 'How long the record of acts is kept.'],
} as const satisfies Record<string, readonly [keyof Plan, string]>;

export const plansCommand: Command = {
  summary: 'Say how much workspaces may use.',
  usage: 'plans <list|create|set|assign|suspend|resume> [id] [plan] [options]',
  options: [
    dataOption,
    { name: 'name', value: 'text', help: 'What people call the plan.' },
    ...Object.entries(limits).map(([name, [, help]]) => ({ name, value: 'number', help })),
    { name: 'json', help: 'Print JSON.' },
  ],
  notes: [
    'plans create small --name Small --images-per-month 500    what is left out is not limited',
    'plans set small --images-per-month 800                    none: no limit; the rest stays as it is',
    'plans assign <workspace id> small                         suspend and resume take the workspace id alone',
    'Holds in all processes within a second. docs/plans.md says what is counted, and how.',
  ],
  run: (args) => {
    const [action = '', ...rest] = args.positionals;
    const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (run === undefined) throw new UsageError(`plans is followed by one of ${Object.keys(actions).join(', ')}.`);
    return administer(args, (call) => run(call, args, rest));
  },
};

type Action = (call: AdminCall, args: Arguments, rest: readonly string[]) => Promise<number>;

const actions: Readonly<Record<string, Action>> = {
  async list(call, args, rest) {
    named(rest, 0, 'plans list');
    const { items } = await call<{ items: Plan[] }>('GET', '/v1/plans');
    print(args, items, items.map(line).join('\n'));
    return 0;
  },

  async create(call, args, rest) {
    const [id = ''] = named(rest, 1, 'plans create <id>');
    const name = args.values['name'] ?? id;
    const plan = await call<Plan>('POST', '/v1/plans', { id, name, ...limitsFrom(args) });
    print(args, plan, line(plan));
    return 0;
  },

  async set(call, args, rest) {
    const [id = ''] = named(rest, 1, 'plans set <id>');
    const { items } = await call<{ items: Plan[] }>('GET', '/v1/plans');
    // Unknown to the list: the API says so.
    const { id: _id, ...before } = items.find((plan) => plan.id === id) ?? { id, name: id };
    const { name } = args.values;
    const body = { ...before, ...(name !== undefined && { name }), ...limitsFrom(args) };
    const plan = await call<Plan>('PUT', `/v1/plans/${encodeURIComponent(id)}`, body);
    print(args, plan, line(plan));
    return 0;
  },

  assign(call, args, rest) {
    const [tenantId = '', planId] = named(rest, 2, 'plans assign <workspace id> <plan>');
    return assign(call, args, tenantId, { planId });
  },
  suspend(call, args, rest) {
    const [tenantId = ''] = named(rest, 1, 'plans suspend <workspace id>');
    return assign(call, args, tenantId, { status: 'suspended' });
  },
  resume(call, args, rest) {
    const [tenantId = ''] = named(rest, 1, 'plans resume <workspace id>');
    return assign(call, args, tenantId, { status: 'active' });
  },
};

async function assign(call: AdminCall, args: Arguments, tenantId: string, change: object): Promise<number> {
  const path = `/v1/tenants/${encodeURIComponent(tenantId)}/plan`;
  const now = await call<{ plan: Plan; status: string }>('PUT', path, change);
  print(args, now, `${tenantId} has the plan ${now.plan.id} and is ${now.status}.`);
  return 0;
}

function named(rest: readonly string[], count: number, usage: string): readonly string[] {
  if (rest.length !== count) throw new UsageError(`Write: ${usage}`);
  return rest;
}

/** @throws UsageError for what is neither a whole number nor `none` */
function limitsFrom({ values }: Arguments): Record<string, number | null> {
  const given: Record<string, number | null> = {};
  for (const [option, [name]] of Object.entries(limits)) {
    const text = values[option];
    if (text === undefined) continue;
    if (text !== 'none' && (text === true || !/^\d{1,16}$/.test(text))) {
      throw new UsageError(`--${option} takes a whole number, or none.`);
    }
    given[name] = text === 'none' ? null : Number(text);
  }
  return given;
}

function line(plan: Plan): string {
  const names: readonly (keyof Plan)[] = Object.values(limits).map(([name]) => name);
  const limited = names.filter((name) => plan[name] !== null).map((name) => `${name} ${plan[name]}`);
  return `${plan.id.padEnd(16)} ${plan.name}: ${limited.length === 0 ? 'no limits' : limited.join(', ')}`;
}

function print({ values }: Arguments, json: unknown, text: string): void {
  process.stdout.write(`${values['json'] ? JSON.stringify(json) : text}\n`);
}
