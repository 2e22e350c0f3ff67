import { randomBytes } from 'node:crypto';
import { text } from 'node:stream/consumers';
import { AppError } from '#kernel/errors.ts';
import { type AdminCall, administer } from '../admin.ts';
import { type Arguments, type Command, textOf, UsageError } from '../command.ts';
import { dataOption } from '../settings.ts';

interface User {
  readonly id: string;
  readonly email: string;
  readonly name: string;
  readonly twoFactor: boolean;
  readonly operator: boolean;
  readonly disabled: boolean;
}

export const usersCommand: Command = {
  summary: 'Look after people’s accounts.',
  usage: 'users <list|add|set-password|disable|enable|operator> [address] [options]',
  options: [
    dataOption,
    { name: 'name', value: 'text', help: 'What a new person is called (default: what is before the @).' },
    { name: 'operator', help: 'The new person runs this server.' },
    { name: 'password-stdin', help: 'Read the password from standard input; else one is made and printed.' },
    { name: 'off', help: 'operator: they run this server no longer.' },
    { name: 'json', help: 'Print JSON.' },
  ],
  notes: [
    'users add ana@example.com --operator      works also where nobody can sign in any more',
    'users disable ana@example.com             signs her out and lets her in no more; enable takes it back',
    'A new password ends all sessions. Works through the running server, else on the database.',
  ],
  run: (args) => {
    const [action = '', ...rest] = args.positionals;
    const run = Object.hasOwn(actions, action) ? actions[action] : undefined;
    if (run === undefined) throw new UsageError(`users is followed by one of ${Object.keys(actions).join(', ')}.`);
    const needed = action === 'list' ? 0 : 1;
    if (rest.length !== needed)
      throw new UsageError(`users ${action}${needed === 0 ? '' : ' <address>'} is all it takes.`);
    return administer(args, (call) => run(call, args, rest[0] ?? ''));
  },
};

type Action = (call: AdminCall, args: Arguments, email: string) => Promise<number>;

const actions: Readonly<Record<string, Action>> = {
  async list(call, args) {
    for (let after: string | null = ''; after !== null; ) {
      const path: string = `/v1/users?limit=200${after === '' ? '' : `&after=${after}`}`;
      const page = await call<{ items: User[]; nextCursor: string | null }>('GET', path);
      for (const user of page.items) print(args, user);
      after = page.nextCursor;
    }
    return 0;
  },

  async add(call, args, email) {
    const password = await passwordFrom(args);
    const name = textOf(args, 'name') ?? email.split('@')[0];
    const operator = args.values['operator'] === true;
    const user = await call<User>('POST', '/v1/users', { email, name, password: password.text, operator });
    print(args, user, password);
    return 0;
  },

  async 'set-password'(call, args, email) {
    const password = await passwordFrom(args);
    print(args, await change(call, email, { password: password.text }), password);
    return 0;
  },

  async disable(call, args, email) {
    print(args, await change(call, email, { disabled: true }));
    return 0;
  },
  async enable(call, args, email) {
    print(args, await change(call, email, { disabled: false }));
    return 0;
  },
  async operator(call, args, email) {
    print(args, await change(call, email, { operator: args.values['off'] !== true }));
    return 0;
  },
};

async function change(call: AdminCall, email: string, body: object): Promise<User> {
  const { items } = await call<{ items: User[] }>('GET', `/v1/users?email=${encodeURIComponent(email)}`);
  const [user] = items;
  if (user === undefined) throw new AppError('PERSON_NOT_FOUND', `${email} has no account. See: esteira users list.`);
  return await call<User>('PATCH', `/v1/users/${user.id}`, body);
}

interface Password {
  readonly text: string;
  readonly made: boolean;
}

async function passwordFrom(args: Arguments): Promise<Password> {
  if (args.values['password-stdin'] !== true) return { text: randomBytes(15).toString('base64url'), made: true };
  if (process.stdin.isTTY) throw new UsageError('--password-stdin reads from a pipe: users add … < password.txt');
  return { text: (await text(process.stdin)).replace(/\r?\n$/, ''), made: false };
}

function print(args: Arguments, user: User, password?: Password): void {
  const made = password?.made === true ? password.text : undefined;
  if (args.values['json']) {
    process.stdout.write(`${JSON.stringify(made === undefined ? user : { ...user, password: made })}\n`);
    return;
  }
  const marks = [user.operator && 'operator', user.twoFactor && 'second factor', user.disabled && 'disabled'];
  const words = [user.email, user.name, ...marks.filter(Boolean), ...(made === undefined ? [] : [`password ${made}`])];
  process.stdout.write(`${words.join('  ')}\n`);
}
