import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Answer, type Client, openClient } from './client.ts';
import { type IsolatedServer, type Surroundings, startIsolatedServer } from './isolated-server.ts';
import { doOrdinaryWork, type OrdinaryWork } from './ordinary-work.ts';
import { type HostileGroup, reportRow, rowsOf } from './rows.ts';

export interface HostileTests extends Client {
  /** The server of this file; there from the first test on. */
  readonly server: IsolatedServer;
  /** What an answer may take: two seconds, and what ordinary work takes on this machine at the moment. */
  readonly withinMs: number;
  /** One row of the list: what is sent and what is answered. Everything else that must hold is looked at around it. */
  row(number: number, title: string, act: () => Promise<void>, rules?: RowRules): void;
}

export interface RowRules {
  /** `address:port` of what may be reached, in any number; nothing without it. */
  readonly reaches?: readonly string[];
  /** Whether it may ask what names mean. */
  readonly asksNames?: boolean;
}

export interface HostileOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What shows after each row that the server and its children still work. */
  readonly work?: OrdinaryWork;
  /** Once the server is there, before any work: who may do it. @returns headers of every request from then on */
  prepare?(server: IsolatedServer, client: Client): Promise<Readonly<Record<string, string>>>;
}

const answerWithinMs = 2_000;

/**
 * One server for one part of the list, and its tests. Around each row: nothing was written beside the data folder,
 * nobody was connected to, the server is the same process and does ordinary work. At the end: was no row left out.
 */
export function hostileTests(group: HostileGroup, options: HostileOptions = {}): HostileTests {
  const { env = {}, work = 'picture' } = options;
  const expected = rowsOf(group);
  const named = new Set<number>();
  const held = new Set<number>();
  let server: IsolatedServer | undefined;
  let client: Client | undefined;
  const ordinaryMs: number[] = [];

  const started = () => {
    if (server === undefined || client === undefined) throw new Error('The server of these tests has not started.');
    return { server, client };
  };

  before(async () => {
    server = await startIsolatedServer(env);
    client = openClient(server);
    const headers = await options.prepare?.(server, client);
    if (headers !== undefined) client = openClient(server, headers);
    // The first jobs start children and load models.
    await doOrdinaryWork(client, work);
    for (let count = 0; count < 3; count += 1) ordinaryMs.push(await doOrdinaryWork(client, work));
  });
  after(async () => {
    client?.close();
    await server?.[Symbol.asyncDispose]();
    // biome-ignore lint/suspicious/noConsole: the count is what this list is for
    console.log(`hostile input: ${held.size} of ${expected.length} (${group})`);
  });
  test(`${group}: every row of the list has its test`, () => {
    assert.deepEqual(
      [...named].sort((a, b) => a - b),
      expected,
    );
  });

  return {
    get server() {
      return started().server;
    },
    get withinMs() {
      return answerWithinMs + Math.max(...ordinaryMs);
    },
    ask: (...request) => started().client.ask(...request),
    sendJson: (...request) => started().client.sendJson(...request),
    sendFile: (...request) => started().client.sendFile(...request),
    sendRaw: (bytes) => started().client.sendRaw(bytes),
    close: () => client?.close(),
    row(number, title, act, rules = {}) {
      named.add(number);
      test(`${number} ${title}`, async () => {
        const { server, client } = started();
        const before = await server.look();
        await act();
        const alive = await client.ask('/livez');
        assert.equal(alive.status, 200, 'the server does not live');
        ordinaryMs.push(await doOrdinaryWork(client, work));
        assertUntouched(before, await server.look(), rules);
        held.add(number);
        reportRow(number);
      });
    },
  };
}

function assertUntouched(before: Surroundings, now: Surroundings, { reaches = [], asksNames = false }: RowRules): void {
  assert.deepEqual(now.files, before.files, 'something was written beside the data folder');
  assert.deepEqual(
    now.reached.filter((place) => !reaches.includes(place)),
    [],
    'somebody was connected to',
  );
  // What the kernel counted was all seen to arrive.
  const { connections, datagrams, unroutable } = now.traffic;
  assert.equal(connections - before.traffic.connections, now.reached.length, 'connections were begun');
  assert.equal(unroutable, before.traffic.unroutable, 'something was sent that found no way');
  if (!asksNames) assert.equal(datagrams, before.traffic.datagrams, 'datagrams were sent');
}

/** A refusal, as a problem document, in time. */
export function assertRefused(
  answer: Answer,
  status: number | readonly number[],
  code: string | readonly string[],
  { withinMs }: Pick<HostileTests, 'withinMs'>,
  about = '',
): void {
  const said = `${about} ${answer.status} ${String(answer.bytes).slice(0, 1_000)}`;
  assert.ok([status].flat().includes(answer.status), `not ${status}: ${said}`);
  assert.equal(answer.headers['content-type'], 'application/problem+json', said);
  const problem = answer.json();
  assert.ok([code].flat().includes(problem.code), `not ${code}: ${said}`);
  assert.equal(problem.status, answer.status);
  assert.ok(answer.milliseconds < withinMs, `took ${answer.milliseconds} ms: ${said}`);
}
