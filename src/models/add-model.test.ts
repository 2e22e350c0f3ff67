import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import type { AppError } from '#kernel/errors.ts';
import { modelsIn } from '#processors/shared/models/model-folder.ts';
import { isSeparation } from '#processors/shared/models/parse-descriptor.ts';
import { writeModel } from '#processors/shared/onnx/graph.ts';
import { type Behaviour, type FileServer, serveBytes, startFileServer } from '../../test/support/file-server.ts';
import { isCode } from '../../test/support/is-code.ts';
import { maskGraph, maskModel, node } from '../../test/support/mask-graphs.ts';
import { type AddOptions, addModel, type NewModel } from './add-model.ts';
import { lockModelsDir } from './folder-lock.ts';
import { removeModel } from './installed-models.ts';

const model = maskModel({ ballastBytes: 200_000 });
const sha256 = hashOf(model);
const never = new AbortController().signal;

let modelsDir: string;
let server: FileServer;

beforeEach(async () => {
  modelsDir = await mkdtemp(join(tmpdir(), 'esteira-models-'));
  server = await startFileServer(serveBytes(model));
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(modelsDir, { recursive: true });
});

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

function wanted(more: More = {}): NewModel {
  const from = { url: `${server.origin}/graph.onnx?token=secret` };
  const known = { mean: [0.5, 0.5, 0.5], std: [1, 1, 1], output: 'raw' as const, licence: 'MIT' };
  return { name: 'bright', from, sha256, ...known, ...more };
}

type More = Partial<Extract<NewModel, { kind?: never }>>;

function add(more: More = {}, options: Partial<AddOptions> = {}) {
  const nothing = (): void => {};
  return addModel(modelsDir, wanted(more), {
    signal: never,
    silenceMs: 5_000,
    pauseMs: 5,
    onProgress: nothing,
    onWait: nothing,
    ...options,
  });
}

const behave = (behaviour: Behaviour, bytes = model) => {
  server.answer = serveBytes(bytes, behaviour);
};

/** What a worker could use; a refused file must not be among it. */
const usable = async () => (await readdir(modelsDir)).filter((name) => !name.startsWith('.')).sort();
const ranges = () => server.requests.map(({ range }) => range);

test('a model is received, described and found; its bytes are those that were sent', async () => {
  const progress: number[] = [];
  const { descriptor, how } = await add({}, { onProgress: (done) => progress.push(done) });
  assert.equal(how, 'added');
  assert.deepEqual(modelsIn(modelsDir).find('bright'), descriptor);
  assert.deepEqual(modelsIn(modelsDir).names(), ['bright']);
  const { fileName, addedAt, ...facts } = descriptor;
  assert.deepEqual(facts, {
    schema: 'esteira-model/1',
    name: 'bright',
    sha256,
    sizeBytes: model.length,
    inputSizePx: 32,
    mean: [0.5, 0.5, 0.5],
    std: [1, 1, 1],
    output: 'raw',
    layout: 'nchw',
    inputName: 'picture',
    outputName: 'mask',
    licence: 'MIT',
    source: `${server.origin}/graph.onnx`,
  });
  assert.ok(Math.abs(Date.parse(addedAt) - Date.now()) < 60_000);
  assert.deepEqual(await readFile(join(modelsDir, fileName)), model);
  assert.equal(progress.at(-1), model.length);
  assert.ok((await readdir(modelsDir)).every((name) => !name.includes('part')));
});

test('the same hash again costs no download, and only changes what is said of the model', async () => {
  await add();
  const { how, descriptor } = await add({ output: 'sigmoid' });
  assert.ok(!isSeparation(descriptor));
  assert.deepEqual([how, descriptor.output, server.requests.length], ['kept', 'sigmoid', 1]);
});

test('another file under the same name replaces the first, which is gone', async () => {
  await add();
  const other = maskModel({ bias: 0.25 });
  behave({}, other);
  const { how, descriptor } = await add({ sha256: hashOf(other) });
  assert.equal(how, 'replaced');
  assert.deepEqual(await usable(), [descriptor.fileName, 'bright.model.json'].sort());
});

test('a wrong hash leaves nothing, not even for a next attempt', async () => {
  await assert.rejects(add({ sha256: 'a'.repeat(64) }), isCode('MODEL_CORRUPT', /not a{64}.*not kept/s));
  assert.deepEqual(await usable(), []);
  await add();
  assert.deepEqual(ranges(), [undefined, undefined]);
});

test('a wrong hash leaves the model that was there as it was', async () => {
  const { descriptor } = await add();
  behave({}, maskModel({ bias: 1 }));
  await assert.rejects(add({ sha256: 'b'.repeat(64) }), isCode('MODEL_CORRUPT', /./));
  assert.deepEqual(modelsIn(modelsDir).find('bright'), descriptor);
  assert.deepEqual(await readFile(join(modelsDir, descriptor.fileName)), model);
});

test('a graph that must not run is refused although its hash is right', async () => {
  const custom = [node('Steal', ['picture'], ['mask'], { domain: 'com.example' })];
  const bad = Buffer.concat(writeModel({ ...maskGraph(), nodes: custom }));
  behave({}, bad);
  await assert.rejects(add({ sha256: hashOf(bad) }), isCode('MODEL_INVALID', /operator Steal of com\.example/));
  assert.deepEqual(await usable(), []);
});

test('broken connections are taken up where they broke', async () => {
  behave({ cutAfter: 70_000 });
  await add();
  assert.equal(ranges()[0], undefined);
  const from = ranges()
    .slice(1)
    .map((range) => Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1]));
  assert.ok(from.length >= 2, `${from}`);
  for (const [at, start] of from.entries()) assert.ok(start > (from[at - 1] ?? 0) && start <= 70_000 * (at + 1));
  assert.deepEqual(modelsIn(modelsDir).find('bright')?.sha256, sha256);
});

test('what an earlier process received is not asked for again', async () => {
  behave({ silentAfter: 90_000 });
  const abort = new AbortController();
  const onProgress = (done: number): void => void (done >= 90_000 && abort.abort(new Error('stopped')));
  await assert.rejects(add({}, { signal: abort.signal, onProgress }), /stopped/);
  assert.deepEqual(await usable(), []);
  behave({});
  await add();
  assert.deepEqual(ranges(), [undefined, 'bytes=90000-']);
});

test('a file that has changed meanwhile is received from its beginning', async () => {
  for (const ignoresIfRange of [false, true]) {
    behave({ etag: '"old"', silentAfter: 90_000 }, Buffer.alloc(model.length, 7));
    const abort = new AbortController();
    const onProgress = (done: number): void => void (done >= 90_000 && abort.abort(new Error('stopped')));
    await assert.rejects(add({}, { signal: abort.signal, onProgress }), /stopped/);
    behave({ etag: '"new"', ignoresIfRange });
    assert.equal((await add()).descriptor.sha256, sha256);
    await removeModel(modelsDir, 'bright', never, () => {});
  }
});

test('a part that was damaged on the disk fails its hash, and the next attempt is whole', async () => {
  behave({ silentAfter: 90_000 });
  const abort = new AbortController();
  const onProgress = (done: number): void => void (done >= 90_000 && abort.abort(new Error('stopped')));
  await assert.rejects(add({}, { signal: abort.signal, onProgress }), /stopped/);
  const part = (await readdir(modelsDir)).find((name) => name.endsWith('.part')) ?? '';
  await writeFile(join(modelsDir, part), Buffer.alloc(90_000, 1));
  behave({});
  await assert.rejects(add(), isCode('MODEL_CORRUPT', /./));
  await add();
  assert.deepEqual(ranges(), [undefined, 'bytes=90000-', undefined]);
});

test('an answer of another length than the model has is refused before it is read', async () => {
  await assert.rejects(add({ sizeBytes: model.length + 1 }), isCode('MODEL_DOWNLOAD_FAILED', /not the \d+ bytes/));
  assert.deepEqual(await usable(), []);
});

test('more than can be a model is refused at its word, and without one at its bytes', async () => {
  behave({ says: 3 * 2 ** 30 });
  await assert.rejects(add(), isCode('MODEL_INVALID', /larger than 2\.0 GiB/));
  server.answer = (_request, response) => void response.write(Buffer.alloc(model.length + 1));
  await assert.rejects(add({ sizeBytes: model.length }), isCode('MODEL_INVALID', /larger than/));
  assert.deepEqual(await usable(), []);
});

test('a Content-Length that lies costs an attempt, and the hash decides', async () => {
  behave({ says: model.length - 1_000 });
  await assert.rejects(add(), isCode('MODEL_CORRUPT', /./));
  assert.deepEqual(await usable(), []);
  behave({ says: model.length + 1_000 });
  await add({}, { silenceMs: 50 });
  assert.deepEqual(ranges(), [undefined, undefined, `bytes=${model.length}-`]);
});

test('silence, errors and addresses that are not there end with a reason and without the token', async () => {
  behave({ silentAfter: 0 });
  const silent = add({}, { silenceMs: 50 });
  await assert.rejects(
    silent,
    isCode('MODEL_DOWNLOAD_FAILED', /graph\.onnx could not be downloaded: it was silent for 0\.05 s/),
  );
  await assert.rejects(silent, (error: AppError) => !error.detail.includes('secret'));
  server.answer = (_request, response) => void response.writeHead(404).end('no');
  await assert.rejects(add(), isCode('MODEL_DOWNLOAD_FAILED', /it answers 404/));
  server.answer = (_request, response) => void response.writeHead(503).end('later');
  await assert.rejects(add(), isCode('MODEL_DOWNLOAD_FAILED', /it answers 503, 3 times/));
  await assert.rejects(
    add({ from: { url: 'http://127.0.0.1:1/x' } }),
    isCode('MODEL_DOWNLOAD_FAILED', /connection broke/),
  );
});

test('redirects are followed, a few of them, and never to other protocols', async () => {
  server.answer = (request, response) => {
    const step = Number(/\d+/.exec(request.url ?? '')?.[0] ?? 0);
    if (step < 3) response.writeHead(302, { location: `/${step + 1}` }).end();
    else serveBytes(model)(request, response);
  };
  await add();
  await removeModel(modelsDir, 'bright', never, () => {});
  server.answer = (_request, response) => void response.writeHead(302, { location: '/again' }).end();
  await assert.rejects(add(), isCode('MODEL_DOWNLOAD_FAILED', /more than 5 times/));
  server.answer = (_request, response) => void response.writeHead(302, { location: 'file:///etc/passwd' }).end();
  await assert.rejects(add(), isCode('MODEL_DOWNLOAD_FAILED', /not one of HTTPS/));
});

test('a file of this machine is copied and pinned as it is', async () => {
  const path = join(modelsDir, 'mine.bin');
  await writeFile(path, model);
  const { descriptor } = await add({ from: { path }, sha256: undefined });
  assert.deepEqual([descriptor.sha256, descriptor.source], [sha256, 'a file of this machine']);
  assert.deepEqual(await readFile(path), model);
  await assert.rejects(
    add({ from: { path: join(modelsDir, 'none') }, sha256: undefined }),
    isCode('MODEL_NOT_FOUND', /ENOENT/),
  );
});

test('two that add the same model at once: one download, two whole models', async () => {
  let waits = 0;
  const both = await Promise.all([0, 1].map(() => add({}, { onWait: () => waits++ })));
  assert.deepEqual(both.map(({ how }) => how).sort(), ['added', 'kept']);
  assert.deepEqual([waits, server.requests.length], [1, 1]);
});

test('waiting for another process ends when it is no longer wanted', async () => {
  using _lock = await lockModelsDir(modelsDir, never, () => {});
  const abort = new AbortController();
  await assert.rejects(add({}, { signal: abort.signal, onWait: () => abort.abort() }), { name: 'AbortError' });
});

test('what a killed process left is cleared away: a graph without a descriptor', async () => {
  const orphan = `bright.${'0'.repeat(16)}.onnx`;
  await writeFile(join(modelsDir, orphan), model);
  await writeFile(join(modelsDir, 'isnet-medium.onnx'), 'not ours');
  const { descriptor } = await add();
  assert.deepEqual(await usable(), [descriptor.fileName, 'bright.model.json', 'isnet-medium.onnx'].sort());
});

test('removing takes the descriptor and the graph; what is not there is said', async () => {
  await add();
  await removeModel(modelsDir, 'bright', never, () => {});
  assert.deepEqual(await usable(), []);
  await assert.rejects(
    removeModel(modelsDir, 'bright', never, () => {}),
    isCode('MODEL_NOT_FOUND', /None was added/),
  );
});
