import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { AppError } from '#kernel/errors.ts';
import { mebibyte } from '#kernel/units.ts';
import { rubbishKinds } from './fixtures/rubbish.ts';
import { createSandbox, type SandboxOptions } from './process-sandbox.ts';
import type { Sandbox, SandboxRequest } from './sandbox.ts';

const fixtures = [
  'abort-process',
  'chatty',
  'crash-at-start',
  'eat-memory',
  'echo',
  'fail-at-start',
  'hostile',
  'ignore-abort',
  'loop',
  'loop-in-wasm',
  'rubbish',
  'slow',
  'throw',
];

let root: string;
let jobs = 0;
let open: Sandbox[] = [];
let logged: string[] = [];

before(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'sandbox-')));
});
afterEach(async () => {
  await Promise.all(open.map((sandbox) => sandbox.close()));
  open = [];
  logged = [];
});
after(() => rm(root, { recursive: true, force: true }));

function sandbox(options: Partial<SandboxOptions> = {}): Sandbox {
  const made = createSandbox({
    processors: Object.fromEntries(
      fixtures.map((name) => [`test.${name}`, new URL(`./fixtures/${name}.ts`, import.meta.url).href]),
    ),
    modelsDir: root,
    scratchRoot: root,
    light: new Set(),
    maxLightChildren: 2,
    maxChildren: 2,
    threadsPerChild: 1,
    memoryBudgetBytes: 1024,
    rssLimitBytes: 512 * mebibyte,
    maxWaiting: 100,
    idleMs: 60_000,
    recycleAfterJobs: 100,
    recycleAboveRssBytes: 400 * mebibyte,
    startTimeoutMs: 30_000,
    log: (_level, message, fields) => logged.push(`${message} ${JSON.stringify(fields)}`),
    ...options,
  });
  open.push(made);
  return made;
}

async function job(processor: string, over: Partial<SandboxRequest> = {}): Promise<SandboxRequest> {
  const scratchDir = join(root, String(jobs++));
  await mkdir(scratchDir);
  return {
    processor,
    params: {},
    inputs: [],
    needed: [],
    scratchDir,
    deadlineMs: 20_000,
    memoryBytes: 1,
    signal: new AbortController().signal,
    ...over,
  };
}

async function failure(promise: Promise<unknown>): Promise<AppError> {
  try {
    await promise;
  } catch (error) {
    return error as AppError;
  }
  return assert.fail('should have failed');
}

async function pidOf(pool: Sandbox, processor = 'test.echo'): Promise<number> {
  const [output] = await pool.run(await job(processor));
  return Number(output?.data?.['pid']);
}

test('a job gets its input, parameters, threads and folders, and nothing of our environment', async () => {
  process.env['ESTEIRA_TEST_SECRET'] = 'secret';
  const input = join(root, 'input.txt');
  await writeFile(input, 'hello');
  const request = await job('test.echo', {
    params: { a: [1, 'two', null] },
    inputs: [{ path: input, mediaType: 'text/plain', sizeBytes: 5 }],
  });
  const [output] = await sandbox({ threadsPerChild: 2 }).run(request);
  assert.equal(output?.file, 'out.txt');
  assert.equal(output.mediaType, 'text/plain');
  assert.deepEqual(output.data?.['params'], { a: [1, 'two', null] });
  assert.equal(output.data['threads'], 2);
  assert.equal(output.data['modelsDir'], root);
  const ours = ['PATH', 'LANG', 'TMPDIR', 'UV_THREADPOOL_SIZE', 'MALLOC_ARENA_MAX'];
  const switches = ['ORT_DISABLE_TELEMETRY', 'DISABLE_SYSTEM_FONTS_LOAD'];
  const known = [...ours, ...switches, 'PWD', 'OLDPWD', 'SHLVL', '_'];
  assert.deepEqual(
    (output.data['environment'] as string[]).filter((name) => !known.includes(name)),
    [],
  );
});

test('a child serves many jobs, and progress only rises', async () => {
  const pool = sandbox({ maxChildren: 1 });
  assert.equal(await pidOf(pool), await pidOf(pool));
  const seen: number[] = [];
  let starts = 0;
  await pool.run(
    await job('test.slow', {
      params: { ms: 1_200 },
      onProgress: (fraction) => seen.push(fraction),
      onStart: () => starts++,
    }),
  );
  assert.equal(starts, 1);
  assert.ok(seen.length >= 10, `${seen.length} reports`);
  assert.deepEqual(
    seen,
    [...new Set(seen)].sort((a, b) => a - b),
  );
});

const harmful = [
  { name: 'test.loop', deadlineMs: 600, code: 'JOB_DEADLINE', counter: 'deadlineKills' },
  { name: 'test.loop-in-wasm', deadlineMs: 600, code: 'JOB_DEADLINE', counter: 'deadlineKills' },
  { name: 'test.eat-memory', deadlineMs: 20_000, code: 'JOB_MEMORY_LIMIT', counter: 'memoryKills' },
  { name: 'test.abort-process', deadlineMs: 20_000, code: 'WORKER_CRASHED', counter: 'crashes' },
] as const;

for (const { name, deadlineMs, code, counter } of harmful) {
  test(`${name} harms its own job only, and its place is used again`, async () => {
    const pool = sandbox();
    await Promise.all([pool.run(await job('test.slow', { params: { ms: 1 } })), pool.warm(name)]);
    let startedMs = 0;
    const sibling = pool.run(await job('test.slow', { params: { ms: 800 } }));
    const error = await failure(
      pool.run(await job(name, { deadlineMs, onStart: () => (startedMs = performance.now()) })),
    );
    const tookMs = performance.now() - startedMs;
    assert.equal(error.code, code);
    if (code === 'JOB_DEADLINE') {
      assert.ok(tookMs >= deadlineMs - 5 && tookMs < deadlineMs + 1_000, `${tookMs} ms`);
    }
    assert.equal(pool.stats()[counter], 1);
    assert.equal((await sibling).length, 1);
    assert.ok((await pidOf(pool)) > 0);
    assert.ok(pool.stats().children.length <= 2);
  });
}

test('a crash says by which signal, an exit with which code, and the stack goes to the log only', async () => {
  const pool = sandbox({ maxChildren: 1 });
  assert.match((await failure(pool.run(await job('test.abort-process')))).detail, /SIGABRT/);
  const exit = await failure(pool.run(await job('test.throw', { params: { what: 'exit' } })));
  assert.equal(exit.code, 'WORKER_CRASHED');
  assert.match(exit.detail, /exit code 7/);
  const unhandled = await failure(pool.run(await job('test.throw', { params: { what: 'unhandled' } })));
  assert.equal(unhandled.code, 'WORKER_CRASHED');
  assert.doesNotMatch(unhandled.detail, /nobody waits/);
  assert.ok(logged.some((line) => line.includes('nobody waits')));
});

test('errors cross: one that may be shown as it is, any other without its words', async () => {
  const pool = sandbox({ maxChildren: 1 });
  const shown = await failure(pool.run(await job('test.throw', { params: { what: 'app-error' } })));
  assert.equal(shown.code, 'MEDIA_INVALID');
  assert.equal(shown.detail, 'The photo ends in the middle. Export it again.');
  assert.deepEqual(shown.extensions, { line: 3 });
  const hidden = await failure(pool.run(await job('test.throw', { params: { what: 'error' } })));
  assert.equal(hidden.code, 'JOB_FAILED');
  assert.doesNotMatch(hidden.detail, /secret|throw\.ts/);
  assert.ok(logged.some((line) => line.includes('/srv/secret/path') && line.includes('throw.ts')));
  assert.equal((await failure(pool.run(await job('test.throw', { params: { what: 'string' } })))).code, 'JOB_FAILED');
  assert.equal(pool.stats().crashes, 0);
});

test('rubbish is refused, whatever its kind, and the child goes on', async () => {
  const pool = sandbox({ maxChildren: 1 });
  const codes = [];
  for (const kind of rubbishKinds) {
    codes.push(`${kind} ${(await failure(pool.run(await job('test.rubbish', { params: { kind } })))).code}`);
  }
  assert.deepEqual(
    codes,
    rubbishKinds.map((kind) => `${kind} WORKER_BAD_OUTPUT`),
  );
  assert.equal(pool.stats().children[0]?.jobsDone, rubbishKinds.length);
});

test('a child cannot read or write elsewhere, open a connection or, unless it may, start a program', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const outside = join(tmpdir(), `sandbox-outside-${process.pid}`);
  try {
    const { port } = server.address() as { port: number };
    const confined = sandbox({ readableDirs: [] });
    const [output] = await confined.run(await job('test.hostile', { params: { outside, port } }));
    const denied = 'ERR_ACCESS_DENIED';
    assert.deepEqual(output?.data, { read: denied, write: denied, program: denied, network: denied });
    const module = new URL('./fixtures/hostile.ts', import.meta.url).href;
    const trusted = sandbox({
      processors: { 'test.hostile': module, 'test.neighbour': module },
      programs: new Map([['test.hostile', { true: '/bin/true' }]]),
      readableDirs: [],
    });
    const [starter] = await trusted.run(await job('test.hostile', { params: { outside, port } }));
    assert.deepEqual(starter?.data, { read: denied, write: denied, program: 'done', network: denied });
    const [neighbour] = await trusted.run(await job('test.neighbour', { params: { outside, port } }));
    assert.deepEqual(neighbour?.data, { read: denied, write: denied, program: denied, network: denied });
    assert.ok(!existsSync(outside));
  } finally {
    server.close();
  }
});

test('what a child prints is cut and bounded', async () => {
  await sandbox().run(await job('test.chatty'));
  assert.ok(logged.length <= 100, `${logged.length} lines: ${logged[0]} ${logged.at(-1)}`);
  assert.ok(logged.every((line) => line.length < 2_000));
  assert.ok(logged.some((line) => line.includes('line 3')));
});

test('a cancelled job that listens frees its child; one that does not is killed', async () => {
  const pool = sandbox({ maxChildren: 1 });
  for (const [processor, survives] of [
    ['test.slow', true],
    ['test.ignore-abort', false],
    ['test.loop', false],
  ] as const) {
    const abort = new AbortController();
    const request = await job(processor, { params: { ms: 20_000 }, signal: abort.signal });
    let pid: number | undefined;
    let abortedMs = 0;
    const onStart = (): void => {
      pid = pool.stats().children[0]?.pid;
      setTimeout(() => {
        abortedMs = performance.now();
        abort.abort();
      }, 100);
    };
    assert.equal((await failure(pool.run({ ...request, onStart }))).code, 'JOB_CANCELLED');
    assert.ok(performance.now() - abortedMs < 1_000);
    assert.equal(pool.stats().children[0]?.pid === pid, survives, processor);
    assert.equal(pool.stats().crashes, 0);
  }
});

test('a job that is cancelled while it waits never starts', async () => {
  const pool = sandbox({ maxChildren: 1 });
  const running = pool.run(await job('test.slow', { params: { ms: 500 } }));
  const abort = new AbortController();
  const onStart = (): void => assert.fail('started');
  const waiting = pool.run(await job('test.slow', { params: { ms: 1 }, signal: abort.signal, onStart }));
  assert.equal(pool.stats().waiting, 2);
  abort.abort();
  assert.equal((await failure(waiting)).code, 'JOB_CANCELLED');
  assert.equal(pool.stats().waiting, 1);
  await running;
  assert.equal((await failure(pool.run(await job('test.slow', { signal: abort.signal })))).code, 'JOB_CANCELLED');
});

test('memory is admitted by estimate, first come first served', async () => {
  const pool = sandbox({ maxChildren: 2, memoryBudgetBytes: 100 });
  const tooBig = await failure(pool.run(await job('test.slow', { memoryBytes: 101 })));
  assert.equal(tooBig.code, 'RESOURCE_LIMIT');
  const order: string[] = [];
  await Promise.all(['test.slow', 'test.echo'].map((name) => pool.warm(name)));
  const cIsThere = new AbortController();
  const run = async (name: string, memoryBytes: number, ms: number): Promise<void> => {
    const busy = (): number => pool.stats().children.filter((child) => child.busy).length;
    const onStart = (): void => {
      order.push(`${name} with ${busy() - 1} others`);
      if (name === 'c') cIsThere.abort();
    };
    const signal = name === 'b' ? cIsThere.signal : new AbortController().signal;
    await pool.run(await job('test.slow', { params: { ms }, memoryBytes, signal, onStart }));
  };
  const all = [];
  // b goes on until c, which may have to wait for a new child, is there.
  for (const [name, memoryBytes, ms] of [
    ['a', 60, 200],
    ['b', 60, 20_000],
    ['c', 30, 1],
  ] as const) {
    all.push(run(name, memoryBytes, ms));
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const [, b] = await Promise.allSettled(all);
  assert.equal(b?.status === 'rejected' && b.reason.code, 'JOB_CANCELLED');
  // b does not fit beside a, and c, which would, does not overtake it.
  assert.deepEqual(order, ['a with 0 others', 'b with 0 others', 'c with 1 others']);
});

test('the line is bounded', async () => {
  const pool = sandbox({ maxChildren: 1, maxWaiting: 2 });
  const requests = await Promise.all([1, 2, 3, 4].map(() => job('test.slow', { params: { ms: 10 } })));
  const results = await Promise.allSettled(requests.map((request) => pool.run(request)));
  assert.deepEqual(
    results.map(({ status }) => status),
    ['fulfilled', 'fulfilled', 'rejected', 'rejected'],
  );
  const refused = results[3];
  assert.ok(refused?.status === 'rejected');
  assert.equal(refused.reason.code, 'OVERLOADED');
  assert.equal(refused.reason.extensions.retryAfterSeconds, 5);
});

test('an idle child makes way for another family, and ends by itself after its time', async () => {
  const pool = sandbox({ maxChildren: 1, idleMs: 300 });
  const first = await pidOf(pool);
  await pool.run(await job('test.slow', { params: { ms: 1 } }));
  assert.deepEqual(
    pool.stats().children.map(({ family }) => family),
    ['test.slow'],
  );
  assert.notEqual(await pidOf(pool), first);
  await eventually(() => pool.stats().children.length === 0);
});

test('children above the target end when they are idle, the least used first, and no more are started', async () => {
  const pool = sandbox({ maxChildren: 3, light: new Set(['test.throw']) });
  const scaleTo = (children: number, idleMs = 0) =>
    pool.scale({
      own: { children, reason: 'memory', idleMs },
      light: { children: 1, reason: 'demand', idleMs },
    });
  const end = new AbortController();
  const { signal } = end;
  const slow = async (ms: number) => pool.run(await job('test.slow', { params: { ms }, signal, deadlineMs: 60_000 }));
  const first = await pidOf(pool);
  await slow(1);
  const working = failure(slow(50_000));
  await eventually(() => pool.stats().kinds.own.busy === 1);
  const other = slow(1);
  await eventually(() => pool.stats().kinds.own.children === 3);
  await other;
  scaleTo(2, 60_000);
  assert.equal(pool.stats().kinds.own.children, 3, 'nobody has been idle for so long');
  scaleTo(2);
  assert.ok(!pool.stats().children.some(({ pid }) => pid === first), 'the one that was used least');
  scaleTo(1);
  const { own, light } = pool.stats().kinds;
  assert.deepEqual([own.children, own.busy, own.target.children, light.children], [1, 1, 1, 0]);
  const waits = slow(1);
  await eventually(() => pool.stats().kinds.own.waiting === 1 && pool.stats().kinds.own.oldestWaitSeconds > 0.1);
  assert.equal(pool.stats().kinds.light.waiting, 0);
  scaleTo(2);
  await waits;
  assert.equal(pool.stats().kinds.own.busy, 1, 'beside the one that worked all the time');
  end.abort();
  assert.equal((await working).code, 'JOB_CANCELLED');
});

test('so many children stay as is asked', async () => {
  const pool = sandbox({ maxChildren: 3, minChildren: 1, idleMs: 100 });
  await Promise.all([pidOf(pool), pool.run(await job('test.slow', { params: { ms: 1 } }))]);
  await eventually(() => pool.stats().children.length === 1);
  const [{ pid = 0 } = {}] = pool.stats().children;
  await delay(300); // three times what ends another
  assert.equal(pool.stats().children[0]?.pid, pid);
});

test('a slow machine may have longer', async () => {
  const slow = () => job('test.slow', { params: { ms: 1_000 }, deadlineMs: 200 });
  const patient = sandbox({ deadlineFactor: 100 });
  assert.equal((await patient.run(await slow())).length, 1);
  const error = await failure(sandbox({ deadlineFactor: 2 }).run(await slow()));
  assert.equal(error.code, 'JOB_DEADLINE');
  assert.match(error.detail, /limit of 0.4 s/);
});

test('light processors share children that are counted apart, and one thread each', async () => {
  const light = new Set(['test.echo', 'test.slow', 'test.throw']);
  const pool = sandbox({ light, maxLightChildren: 1, maxChildren: 1, threadsPerChild: 2 });
  const facts = async (processor: string) => {
    const [output] = await pool.run(await job(processor, { params: { ms: 1 } }));
    return output?.data as { pid: number; threads?: number };
  };
  const echoed = await facts('test.echo');
  assert.equal(echoed.threads, 1);
  assert.equal((await facts('test.slow')).pid, echoed.pid);
  await pool.warm('test.chatty');
  assert.deepEqual(
    pool
      .stats()
      .children.map(({ family }) => family)
      .toSorted(),
    ['light', 'test.chatty'],
  );
  await assert.rejects(pool.run(await job('test.throw', { params: { what: 'error' } })), { code: 'JOB_FAILED' });
  assert.equal((await facts('test.echo')).pid, echoed.pid, 'an error of one costs the others nothing');
});

test('a child is replaced after its number of jobs, and above its memory', async () => {
  const counted = sandbox({ maxChildren: 1, recycleAfterJobs: 2 });
  const pids = [await pidOf(counted), await pidOf(counted), await pidOf(counted)];
  assert.equal(pids[0], pids[1]);
  assert.notEqual(pids[1], pids[2]);
  const weighed = sandbox({ maxChildren: 1, recycleAboveRssBytes: mebibyte });
  assert.notEqual(await pidOf(weighed), await pidOf(weighed));
  assert.equal(counted.stats().crashes + weighed.stats().crashes, 0);
});

test('a warmed child takes the first job at once', async () => {
  const pool = sandbox({ maxChildren: 1 });
  await pool.warm('test.echo');
  const [child] = pool.stats().children;
  assert.equal(child?.busy, false);
  assert.ok(child.rssBytes > mebibyte);
  const startedMs = performance.now();
  assert.equal(await pidOf(pool), child.pid);
  assert.ok(performance.now() - startedMs < 200, 'no process was started for it');
  await pool.warm('test.slow');
  assert.equal(pool.stats().children.length, 1, 'there was no room');
});

test('a family that does not start says why, holds up nobody, and is tried again ever later', async () => {
  const pool = sandbox({ maxChildren: 1 });
  assert.equal((await failure(pool.run(await job('test.fail-at-start')))).code, 'MODEL_CORRUPT');
  assert.equal((await failure(pool.warm('test.crash-at-start'))).code, 'WORKER_CRASHED');
  const startedMs = performance.now();
  const crashes = [1, 2, 3].map(async () => {
    assert.equal((await failure(pool.run(await job('test.crash-at-start')))).code, 'WORKER_CRASHED');
  });
  await new Promise(setImmediate);
  assert.ok((await pidOf(pool)) > 0);
  await Promise.all(crashes);
  // One crash before these three: they had to wait 100 + 200 + 400 ms.
  assert.ok(performance.now() - startedMs > 600);
});

test('closing ends every child and everything that runs or waits', async () => {
  const pool = sandbox({ maxChildren: 1 });
  await pool.warm('test.loop');
  const pid = pool.stats().children[0]?.pid ?? 0;
  const codes = [1, 2].map(async () => (await failure(pool.run(await job('test.loop')))).code);
  await eventually(() => pool.stats().children[0]?.busy === true);
  await pool.close();
  assert.deepEqual(await Promise.all(codes), ['SHUTTING_DOWN', 'SHUTTING_DOWN']);
  assert.throws(() => process.kill(pid, 0), { code: 'ESRCH' }, 'neither running nor a zombie');
  assert.equal((await failure(pool.run(await job('test.echo')))).code, 'SHUTTING_DOWN');
});

test('only known processors run', async () => {
  assert.equal((await failure(sandbox().run(await job('test.none')))).code, 'UNKNOWN_PROCESSOR');
  assert.equal((await failure(sandbox().run(await job('constructor')))).code, 'UNKNOWN_PROCESSOR');
});

async function eventually(holds: () => boolean): Promise<void> {
  const untilMs = performance.now() + 5_000;
  while (!holds()) {
    assert.ok(performance.now() < untilMs, 'did not happen in 5 s');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
