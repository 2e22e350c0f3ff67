import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { AppError } from '#kernel/errors.ts';
import { type MaskGraph, maskModel } from '../../../../test/support/mask-graphs.ts';
import type { MaskParams } from '../../shared/image/mask-params.ts';
import type { ModelDescriptor } from '../../shared/models/model-descriptor.ts';
import { descriptorPath, modelsIn } from '../../shared/models/model-folder.ts';
import { outputToAlpha, pixelsToInput } from './onnx-segmenter.ts';
import { processor } from './processor.ts';
import { createRuntime } from './run.ts';

const side = 32;
let dir: string;
let photo: string;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'esteira-added-'));
  photo = join(dir, 'photo.png');
  await sharp(ramp(), { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toFile(photo);
});
after(() => rm(dir, { recursive: true }));

/** Red rises from left to right by 8, green from top to bottom; blue is 51 everywhere. */
function ramp(): Buffer {
  return Buffer.from(
    Array.from({ length: side * side }, (_, at) => [(at % side) * 8, Math.floor(at / side) * 8, 51]).flat(),
  );
}

const red = (at: number): number => ((at % side) * 8) / 255;
const green = (at: number): number => (Math.floor(at / side) * 8) / 255;

async function install(name: string, graph: MaskGraph, more: Partial<ModelDescriptor> = {}): Promise<ModelDescriptor> {
  const model = maskModel({ size: side, ...graph });
  const sha256 = createHash('sha256').update(model).digest('hex');
  const descriptor: ModelDescriptor = {
    schema: 'esteira-model/1',
    name,
    fileName: `${name}.${sha256.slice(0, 16)}.onnx`,
    sha256,
    sizeBytes: model.length,
    inputSizePx: side,
    mean: [0, 0, 0],
    std: [1, 1, 1],
    output: 'raw',
    layout: graph.layout ?? 'nchw',
    inputName: 'picture',
    outputName: 'mask',
    licence: 'MIT',
    source: 'a test',
    addedAt: '2026-01-01T00:00:00Z',
    ...more,
  };
  await writeFile(join(dir, descriptor.fileName), model);
  await writeFile(descriptorPath(dir, name), JSON.stringify(descriptor));
  return descriptor;
}

async function maskOf(model: string, executionProviders?: string[]) {
  const log: string[] = [];
  const [output] = await createRuntime().run({
    modelsDir: dir,
    threads: 1,
    ...(executionProviders && { executionProviders }),
    inputs: [{ path: photo, mediaType: 'image/png', sizeBytes: 1 }],
    needed: [],
    params: { model, quality: 'auto' },
    scratchDir: dir,
    progress: () => {},
    log: (message) => void log.push(message),
    signal: new AbortController().signal,
  });
  const { data, info } = await sharp(join(dir, output?.file ?? ''))
    .toColourspace('b-w')
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { alpha: data, info, data: output?.data ?? {}, log };
}

/** Every pixel as the formula says, to one step of 255: the network computes in 32 bits. */
function assertMask(alpha: Buffer, formula: (at: number) => number): void {
  assert.equal(alpha.length, side * side);
  for (const [at, value] of alpha.entries()) {
    const expected = Math.round(255 * Math.min(1, Math.max(0, formula(at))));
    assert.ok(Math.abs(value - expected) <= 1, `pixel ${at}: ${value}, not ${expected}`);
  }
}

test('raw: the output is the mask, cut off below 0 and above 1', async () => {
  await install('raw', { weights: [2, 0, 0], bias: -0.5 });
  const { alpha, info, data } = await maskOf('raw');
  assertMask(alpha, (at) => 2 * red(at) - 0.5);
  assert.deepEqual([info.width, info.height, info.channels], [side, side, 1]);
  const { model, quality, precision, sizePx, looks, provider } = data;
  assert.deepEqual(
    { model, quality, precision, sizePx, looks, provider },
    {
      model: 'raw',
      quality: 'auto',
      precision: 'float',
      sizePx: side,
      looks: 1,
      provider: 'cpu',
    },
  );
});

test('mean and deviation are applied to each channel of its own', async () => {
  const mean = [0.1, 0.2, 0.4];
  const std = [0.5, 0.25, 2];
  await install('normal', { weights: [0.2, 0.1, 1] }, { mean, std });
  const { alpha } = await maskOf('normal');
  assertMask(alpha, (at) => (0.2 * (red(at) - 0.1)) / 0.5 + (0.1 * (green(at) - 0.2)) / 0.25 + (51 / 255 - 0.4) / 2);
});

test('sigmoid and minmax are what their formulas say', async () => {
  await install('logits', { weights: [8, 0, 0], bias: -4 }, { output: 'sigmoid' });
  assertMask((await maskOf('logits')).alpha, (at) => 1 / (1 + Math.exp(4 - 8 * red(at))));
  await install('stretched', { weights: [0, -3, 0], bias: 17 }, { output: 'minmax' });
  assertMask((await maskOf('stretched')).alpha, (at) => 1 - green(at) / green(side * side - 1));
});

test('colours last, and another output than the first', async () => {
  await install('last', { weights: [0, 0.25, 0.5], layout: 'nhwc' }, { outputName: 'twice' });
  assertMask((await maskOf('last')).alpha, (at) => 2 * (0.25 * green(at) + 0.5 * 0.2));
});

test('a flat output is stretched to nothing, and what is no number is background', () => {
  assert.deepEqual([...outputToAlpha(Float32Array.of(7, 7, 7), 'minmax')], [0, 0, 0]);
  const odd = Float32Array.of(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 1);
  assert.deepEqual([...outputToAlpha(odd, 'raw')], [0, 255, 0, 255]);
  assert.deepEqual([...outputToAlpha(odd, 'sigmoid')], [0, 255, 0, 186]);
});

test('the input is in the order of its layout', () => {
  const pixels = Uint8Array.of(0, 51, 102, 153, 204, 255);
  const plain = { mean: [0, 0, 0], std: [1, 1, 1] };
  const rounded = (layout: 'nchw' | 'nhwc') =>
    [...pixelsToInput(pixels, { ...plain, layout })].map((value) => Math.round(value * 5));
  assert.deepEqual(rounded('nchw'), [0, 3, 1, 4, 2, 5]);
  assert.deepEqual(rounded('nhwc'), [0, 1, 2, 3, 4, 5]);
});

test('a provider that is absent is passed over with a line in the log, and the CPU gives the same mask', async () => {
  await install('anywhere', { weights: [1, 0, 0] });
  const { alpha, data, log } = await maskOf('anywhere', ['coreml', 'cuda', 'cpu']);
  assertMask(alpha, red);
  assert.equal(data['provider'], 'cpu');
  assert.deepEqual(
    log.map((line) => /the execution provider (\w+) cannot be used/.exec(line)?.[1]),
    ['coreml', 'cuda'],
  );
});

test('a file that is not what was added never reaches the runtime', async () => {
  const { fileName } = await install('changed', {});
  await appendFile(join(dir, fileName), 'x');
  const corrupt = (error: unknown) => error instanceof AppError && error.code === 'MODEL_CORRUPT';
  await assert.rejects(maskOf('changed'), corrupt);
  await rm(join(dir, fileName));
  await assert.rejects(maskOf('changed'), corrupt);
});

test('a graph that the runtime refuses, or that gives no square, is the model’s fault, and names no folder', async () => {
  const invalid = (reason: RegExp) => (error: unknown) => {
    assert.ok(error instanceof AppError && error.code === 'MODEL_INVALID', String(error));
    assert.match(error.detail, reason);
    assert.ok(!error.detail.includes(dir), error.detail);
    return true;
  };
  await install('twisted', { channels: 4 });
  await assert.rejects(maskOf('twisted'), invalid(/ONNX Runtime cannot run it/));
  await install('whole', {}, { outputName: 'none' });
  await assert.rejects(maskOf('whole'), invalid(/cannot be used because/));
});

const bound = () => processor.withModels?.(modelsIn(dir)) ?? processor;
const params = (model: string): MaskParams => ({ model, quality: 'auto' });

test('an unknown model is refused when the job is planned, with what there is', async () => {
  await install('present', {});
  for (const ask of [bound().modelHashes, (given: MaskParams) => bound().estimate([], given)]) {
    assert.throws(
      () => ask(params('presnt')),
      (error) =>
        error instanceof AppError &&
        error.code === 'MODEL_NOT_FOUND' &&
        /no model "presnt".*did you mean present\?.*There is: isnet,.* present.*models add/.test(error.detail),
    );
  }
  assert.throws(() => processor.modelHashes(params('present')), /no model/, 'without a folder there is isnet alone');
  assert.equal(processor.modelHashes(params('isnet')).length, 2);
});

test('everything that decides over the mask is part of the result’s name', async () => {
  const names: string[] = [];
  const name = async (graph: MaskGraph, more: Partial<ModelDescriptor> = {}) => {
    await install('named', graph, more);
    names.push(bound().modelHashes(params('named')).join());
  };
  await name({});
  await name({ bias: 0.5 });
  await name({}, { mean: [0.5, 0, 0] });
  await name({}, { std: [1, 1, 2] });
  await name({}, { output: 'sigmoid' });
  await name({}, { outputName: 'twice' });
  assert.equal(new Set(names).size, names.length);
  await name({}, { licence: 'other', addedAt: '2027-01-01T00:00:00Z' });
  assert.equal(names.at(-1), names[0]);
});

test('what is said of its memory is believed, else it grows with weights and size', async () => {
  const memory = async (more: Partial<ModelDescriptor>) => {
    await install('sized', {}, more);
    return bound().estimate([], params('sized')).memoryBytes;
  };
  assert.equal(await memory({ workingBytes: 5_000_000_000 }), 5_000_000_000);
  const weights = await memory({ sizeBytes: 200_000_000 });
  assert.ok(weights >= 400_000_000);
  assert.ok((await memory({ sizeBytes: 200_000_000, inputSizePx: 1024 })) - weights > 500_000_000);
});
