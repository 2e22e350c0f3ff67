import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { type FileServer, serveBytes, startFileServer } from '../support/file-server.ts';
import { maskModel } from '../support/mask-graphs.ts';
import { runProgram, startProgram, startServerProgram } from '../support/program.ts';
import { until } from '../support/until.ts';

/** The mask is how red the photograph is. */
const model = maskModel({ weights: [1, 0, 0], ballastBytes: 400_000 });
const sha256 = createHash('sha256').update(model).digest('hex');
const said = ['--mean', '0,0,0', '--std', '1,1,1', '--output', 'raw', '--licence', 'CC0-1.0'];

let cwd: string;
let server: FileServer;

before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'models-'));
  server = await startFileServer(serveBytes(model));
  await writeFile(join(cwd, 'net.onnx'), model);
  // Red on the left, blue on the right.
  await sharp({ create: { width: 64, height: 64, channels: 3, background: '#00f' } })
    .composite([{ input: { create: { width: 32, height: 64, channels: 3, background: '#f00' } }, left: 0, top: 0 }])
    .png()
    .toFile(join(cwd, 'halves.png'));
});
after(async () => {
  await server[Symbol.asyncDispose]();
  await rm(cwd, { recursive: true, force: true });
});

const models = (...args: string[]) => runProgram(['models', ...args], { cwd });
const add = (...args: string[]) =>
  models('add', `${server.origin}/net.onnx`, '--name', 'redness', '--sha256', sha256, ...args);
const linesOf = (text: string) =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const usable = async (dataDir: string) =>
  (await readdir(join(cwd, dataDir, 'models'))).filter((name) => !name.startsWith('.')).sort();

test('added from an address, listed, verified, used, damaged, added again, removed', async () => {
  const added = await add(...said, '--json');
  assert.deepEqual([added.code, added.stderr], [0, '']);
  const [descriptor] = linesOf(added.stdout);
  assert.deepEqual([descriptor.how, descriptor.name, descriptor.sha256], ['added', 'redness', sha256]);

  const listed = await models('list', '--json');
  const row = linesOf(listed.stdout).find(({ model: name }) => name === 'redness');
  assert.deepEqual([row.state, row.licence, row.builtIn], ['verified', 'CC0-1.0', false]);
  assert.match((await models('list')).stdout, /esteira models add: u2net, u2netp,/);

  const cut = await runProgram(['cutout', 'halves.png', '--model', 'redness', '--json'], { cwd });
  assert.deepEqual([cut.code, linesOf(cut.stdout)[0].model], [0, 'redness'], cut.stderr);
  const { data, info } = await sharp(join(cwd, 'halves.cutout.png')).raw().toBuffer({ resolveWithObject: true });
  const alphaAt = (x: number) => data[(32 * info.width + x) * 4 + 3];
  assert.deepEqual([alphaAt(8), alphaAt(56)], [255, 0]);

  const path = join(cwd, 'data', 'models', descriptor.fileName);
  await writeFile(path, Buffer.from(model).fill(0, 1_000, 1_001));
  const verified = await models('verify');
  assert.equal(verified.code, 1);
  assert.match(verified.stderr, /damaged: redness\.[0-9a-f]{16}\.onnx\. Add the model again, or remove it/);
  // The mask is kept; another photograph is not.
  await sharp(join(cwd, 'halves.png')).flip().negate().toFile(join(cwd, 'other.png'));
  const refused = await runProgram(['cutout', 'other.png', '--model', 'redness'], { cwd });
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /the model redness is damaged on this machine/);

  const removed = await models('remove', 'redness');
  assert.deepEqual([removed.code, removed.stdout], [0, 'removed redness\n']);
  assert.deepEqual(await usable('data'), await builtIn());
  const gone = await runProgram(['cutout', 'other.png', '--model', 'redness'], { cwd });
  assert.match(gone.stderr, /There is no model "redness" on this machine.*isnet.*models add/);
});

const builtIn = async () => (await usable('data')).filter((name) => name.startsWith('isnet-medium'));

test('wrong usage says what is missing', async () => {
  const cases: [string[], RegExp][] = [
    [['add'], /needs the name/],
    [['add', 'u2net', '--mean', '0,0,0'], /--mean is settled for u2net/],
    [['list', 'x'], /followed by list/],
    [['remove', 'a', 'b'], /one too many/],
  ];
  for (const [args, message] of cases) {
    const { code, stderr } = await models(...args);
    assert.equal(code, 2, `${args}: ${stderr}`);
    assert.match(stderr, message);
  }
});

test('a known model is taken by its hash alone, wherever it comes from', async () => {
  const { code, stderr } = await models('add', 'net.onnx', '--name', 'u2netp');
  assert.equal(code, 1);
  assert.match(stderr, /SHA-256 [0-9a-f]{64}, not 309c8469/);
  const lying = await models('add', `${server.origin}/net.onnx`, '--name', 'u2netp');
  assert.match(lying.stderr, /not the 4574861 bytes of this model/);
});

test('killed at any moment, it leaves the whole old model or the whole new one, and goes on from there', async () => {
  const data = ['--data', 'killed'];
  assert.equal((await add(...said, ...data)).code, 0);
  const next = maskModel({ bias: 0.5, ballastBytes: 4_000_000 });
  const nextHash = createHash('sha256').update(next).digest('hex');
  server.answer = serveBytes(next, { silentAfter: 1_000_000 });
  const args = [
    'models',
    'add',
    `${server.origin}/next.onnx`,
    '--name',
    'redness',
    '--sha256',
    nextHash,
    ...said,
    ...data,
  ];
  const child = startProgram(args, { cwd });
  const dir = join(cwd, 'killed', 'models');
  await until(async () => {
    const part = (await readdir(dir)).find((name) => name.endsWith('.part'));
    assert.equal((await readFile(join(dir, part ?? ''))).length, 1_000_000);
  });
  child.kill('SIGKILL');
  await once(child, 'exit');
  assert.equal((await models('verify', ...data)).code, 0, 'the old one is there, whole');
  const asked = server.requests.length;
  server.answer = serveBytes(next);
  assert.match((await runProgram(args, { cwd })).stdout, /^replaced redness/);
  assert.equal(server.requests[asked]?.range, 'bytes=1000000-');
  const names = await usable('killed');
  assert.deepEqual(names, [`redness.${nextHash.slice(0, 16)}.onnx`, 'redness.model.json']);
});

test('a full disk is said, and what has arrived is kept', async () => {
  const large = maskModel({ bias: 0.25, ballastBytes: 2_000_000 });
  const hash = createHash('sha256').update(large).digest('hex');
  server.answer = serveBytes(large);
  const args = [
    'models',
    'add',
    `${server.origin}/large.onnx`,
    '--name',
    'large',
    '--sha256',
    hash,
    ...said,
    '--data',
    'full',
  ];
  await mkdir(join(cwd, 'full', 'models'), { recursive: true });
  // No file above half a megabyte: the system says so to whoever writes one, as it does on a full disk.
  const limited = join(cwd, 'limited.sh');
  await writeFile(limited, '#!/bin/sh\nulimit -f 1024\nexec "$@"\n', { mode: 0o755 });
  const bin = join(import.meta.dirname, '../../bin/esteira.js');
  const ran = await runProgram([process.execPath, bin, ...args], { cwd, node: '/bin/sh', program: limited });
  assert.equal(ran.code, 1);
  assert.match(ran.stderr, /does not fit into the models folder/);
  assert.deepEqual(await usable('full'), []);
  const asked = server.requests.length;
  assert.equal((await runProgram(args, { cwd })).code, 0);
  assert.match(server.requests[asked]?.range ?? '', /^bytes=[1-9]\d*-$/);
});

test('the server lists a model as soon as it is added, runs it, and refuses one that is not there', async () => {
  server.answer = serveBytes(maskModel({ weights: [1, 0, 0], ballastBytes: 400_000 }));
  const started = await startServerProgram(['--data', 'served'], {
    cwd,
    env: { ESTEIRA_EXECUTION_PROVIDERS: 'cuda,cpu' },
  });
  try {
    const names = async () => {
      const { items } = (await (await fetch(`${started.address}/v1/models`)).json()) as {
        items: { name: string; state: string }[];
      };
      return items.map(({ name, state }) => `${name} ${state}`);
    };
    const cutout = async (modelName: string) => {
      const form = new FormData();
      form.append('file', new Blob([await readFile(join(cwd, 'halves.png'))]), 'halves.png');
      form.append('model', modelName);
      return await fetch(`${started.address}/v1/images/cutout`, { method: 'POST', body: form });
    };
    assert.deepEqual(await names(), ['isnet ready']);
    const early = await cutout('redness');
    assert.deepEqual([early.status, ((await early.json()) as { code: string }).code], [422, 'MODEL_NOT_FOUND']);
    assert.equal((await add(...said, '--data', 'served')).code, 0);
    assert.deepEqual(await names(), ['isnet ready', 'redness ready']);
    const { status, headers } = await cutout('redness');
    assert.equal(status, 200);
    const answer = await fetch(`${started.address}/v1/jobs/${headers.get('x-job-id')}`);
    const { outputs } = (await answer.json()) as { outputs: { data: Record<string, unknown> }[] };
    assert.deepEqual([outputs[0]?.data['model'], outputs[0]?.data['provider']], ['redness', 'cpu']);
    assert.equal((await add(...said, '--memory', String(2 ** 40), '--data', 'served')).code, 0);
    const large = await cutout('redness');
    assert.deepEqual([large.status, ((await large.json()) as { code: string }).code], [422, 'RESOURCE_LIMIT']);
    assert.match(started.stderr(), /execution provider cuda cannot be used/);
  } finally {
    await started.stop();
  }
});
