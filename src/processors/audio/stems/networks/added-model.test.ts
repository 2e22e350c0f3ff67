import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { appendFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Default } from 'typebox/value';
import { AppError } from '#kernel/errors.ts';
import { audioFile, decodeWithFfmpeg } from '../../../../../test/support/audio/ffmpeg.ts';
import { synthesise } from '../../../../../test/support/audio/synthesise.ts';
import { wavBytes } from '../../../../../test/support/audio/wav-bytes.ts';
import { isCode } from '../../../../../test/support/is-code.ts';
import { magnitudesModel, samplesModel } from '../../../../../test/support/separation-graphs.ts';
import { descriptorPath, modelsIn } from '../../../shared/models/model-folder.ts';
import type { SeparationDescriptor } from '../../../shared/models/separation-descriptor.ts';
import { type StemsParams, stemsParams } from '../params.ts';
import { processor } from '../processor.ts';
import { createRuntime } from '../run.ts';

type Planar = readonly Float32Array[];
type Said = Pick<SeparationDescriptor, 'shape' | 'stems' | 'segment'> & Partial<SeparationDescriptor>;

const dir = mkdtempSync(join(tmpdir(), 'esteira-separation-'));
after(() => rmSync(dir, { recursive: true }));

const rateHz = 44_100;
const segment = 4_096;
const demucsStems = ['drums', 'bass', 'other', 'vocals'] as const;

async function install(name: string, graph: Buffer, said: Said): Promise<SeparationDescriptor> {
  const sha256 = createHash('sha256').update(graph).digest('hex');
  const descriptor: SeparationDescriptor = {
    schema: 'esteira-model/1',
    kind: 'separation',
    name,
    fileName: `${name}.${sha256.slice(0, 16)}.onnx`,
    sha256,
    sizeBytes: graph.length,
    sampleRateHz: rateHz,
    overlap: 0.25,
    normalisation: 'none',
    inputName: 'mix',
    outputNames: said.shape === 'demucs' ? ['stems'] : said.stems.map((_, i) => `stem${i}`),
    licence: 'MIT',
    source: 'a test',
    addedAt: '2026-01-01T00:00:00Z',
    ...said,
    stems: [...said.stems],
  };
  await writeFile(join(dir, descriptor.fileName), graph);
  await writeFile(descriptorPath(dir, name), JSON.stringify(descriptor));
  return descriptor;
}

async function separate(model: string, planar: Planar, sampleRateHz = rateHz, more: Partial<StemsParams> = {}) {
  const path = audioFile('wav');
  const bytes = wavBytes(planar, sampleRateHz, 'f32');
  await writeFile(path, bytes);
  const scratchDir = mkdtempSync(join(dir, 'job-'));
  const outputs = await createRuntime().run({
    inputs: [{ path, mediaType: 'audio/wav', sizeBytes: bytes.length }],
    needed: [],
    params: Default(stemsParams, { model, ...more }) as StemsParams,
    modelsDir: dir,
    threads: 1,
    scratchDir,
    progress: () => {},
    log: () => {},
    signal: new AbortController().signal,
  });
  const stems: Record<string, Planar> = {};
  for (const { file, data } of outputs) {
    assert.equal(data?.['model'], model);
    stems[String(data?.['stem'])] = (await decodeWithFfmpeg(join(scratchDir, file))).channels;
  }
  return stems;
}

/** With an offset, so that normalising has something to take away. */
function music(sampleRateHz: number, frames: number, channels = 2): Float32Array[] {
  const planar = synthesise(
    sampleRateHz,
    frames / sampleRateHz,
    Array.from({ length: channels }, (_, i) => [
      { toneHz: 440 * (i + 1), amplitude: 0.3 },
      { noiseSeed: i + 1, amplitude: 0.2 },
    ]),
  );
  return planar.map((samples) => samples.map((value) => value + 0.1));
}

function near(
  made: Planar | undefined,
  wanted: (channel: number, frame: number) => number,
  planar: Planar,
  error = 2e-6,
) {
  assert.equal(made?.length, planar.length);
  planar.forEach((samples, channel) => {
    assert.equal(made?.[channel]?.length, samples.length);
    samples.forEach((_, frame) => {
      const difference = Math.abs((made?.[channel]?.[frame] ?? 9) - wanted(channel, frame));
      assert.ok(difference <= error, `channel ${channel}, frame ${frame}: off by ${difference}`);
    });
  });
}

for (const overlap of [0, 0.25, 0.5, 0.8]) {
  for (const channels of [1, 2]) {
    test(`the shape of Demucs, overlap ${overlap}, ${channels} channels: no border between segments is to be found`, async () => {
      const weights = [0.4, 0.3, 0.2, 0.1];
      const name = `copies-${overlap * 100}`;
      await install(name, samplesModel({ segment, weights }), {
        shape: 'demucs',
        stems: [...demucsStems],
        segment,
        overlap,
      });
      const planar = music(rateHz, 3 * segment + 1_234, channels);
      const stems = await separate(name, planar);
      assert.deepEqual(Object.keys(stems), ['vocals', 'drums', 'bass', 'other']);
      demucsStems.forEach((stem, i) => {
        near(stems[stem], (channel, frame) => (weights[i] ?? 0) * (planar[channel]?.[frame] ?? 0), planar);
      });
    });
  }
}

test('where two segments meet, each counts by its distance from its end', async () => {
  // A network that hears nothing in the first and the last eighth of what it is given.
  const gains = Float32Array.from({ length: segment }, (_, i) => (i < segment / 8 || i >= (segment * 7) / 8 ? 0 : 1));
  const said: Said = { shape: 'demucs', stems: ['vocals', 'other'], segment, overlap: 0.5 };
  await install('deaf', samplesModel({ segment, weights: [1, 1], gains }), said);
  const planar = music(rateHz, 4 * segment);
  const stems = await separate('deaf', planar);
  const weight = (i: number): number => Math.min(i + 0.5, segment - i - 0.5);
  near(
    stems['vocals'],
    (channel, frame) => {
      let [sum, weights] = [0, 0];
      for (let start = 0; start <= frame; start += segment / 2) {
        const at = frame - start;
        if (at >= segment) continue;
        sum += weight(at) * (gains[at] ?? 0);
        weights += weight(at);
      }
      return (sum / weights) * (planar[channel]?.[frame] ?? 0);
    },
    planar,
  );
});

test('samples are brought to mean 0 over the track or the segment, and back', async () => {
  const planar = music(rateHz, 3 * segment);
  const meanOf = (from: number, until: number): number => {
    let sum = 0;
    for (const samples of planar) for (let i = from; i < until; i++) sum += (samples[i] ?? 0) / planar.length;
    return sum / (until - from);
  };
  const graph = samplesModel({ segment, weights: [0.25, 0.75] });
  const said: Said = { shape: 'demucs', stems: ['vocals', 'other'], segment, overlap: 0 };
  await install('by-track', graph, { ...said, normalisation: 'track' });
  await install('by-segment', graph, { ...said, normalisation: 'segment' });
  const track = meanOf(0, 3 * segment);
  const segments = [0, 1, 2].map((i) => meanOf(i * segment, (i + 1) * segment));
  // w · (x − mean) + mean, whatever the deviation: the network is linear.
  const wanted = (mean: number, x: number): number => 0.25 * (x - mean) + mean;
  near((await separate('by-track', planar))['vocals'], (c, i) => wanted(track, planar[c]?.[i] ?? 0), planar);
  near(
    (await separate('by-segment', planar))['vocals'],
    (c, i) => wanted(segments[Math.floor(i / segment)] ?? 0, planar[c]?.[i] ?? 0),
    planar,
  );
});

for (const shape of ['open-unmix', 'spleeter'] as const) {
  const frames = 16;
  const transform = { fftSize: 1_024, hop: 256 };
  const dims = (bins: number): [number, number] => (shape === 'open-unmix' ? [bins, frames] : [frames, bins]);

  test(`the shape of ${shape}: one stem is its part of what is there, at every frequency and across borders`, async () => {
    for (const bins of [513, 400]) {
      const name = `${shape}-one-${bins}`;
      const graph = magnitudesModel({ dims: dims(bins), weights: [0.3] });
      await install(name, graph, { shape, stems: ['vocals'], segment: frames, ...transform, bins });
      const planar = music(rateHz, 12_345);
      const stems = await separate(name, planar);
      assert.deepEqual(Object.keys(stems), ['vocals', 'accompaniment']);
      near(stems['vocals'], (c, i) => 0.3 * (planar[c]?.[i] ?? 0), planar, 1e-5);
      near(stems['accompaniment'], (c, i) => 0.7 * (planar[c]?.[i] ?? 0), planar, 1e-5);
    }
  });

  test(`the shape of ${shape}: several stems share by their power`, async () => {
    const weights = [0.9, 0.3, 0.3];
    const powers = weights.map((weight) => weight ** 2 / 0.99);
    const name = `${shape}-three`;
    const stemNames = ['drums', 'vocals', 'other'] as const;
    const graph = magnitudesModel({ dims: dims(513), weights });
    await install(name, graph, { shape, stems: [...stemNames], segment: frames, ...transform, bins: 513 });
    const planar = music(rateHz, 10_000);
    const stems = await separate(name, planar);
    stemNames.forEach((stem, i) => {
      near(stems[stem], (c, frame) => (powers[i] ?? 0) * (planar[c]?.[frame] ?? 0), planar, 1e-5);
    });
  });
}

test('a recording of another sample rate keeps it; what the network cannot hear is in the rest', async () => {
  const said: Said = { shape: 'demucs', stems: ['vocals', 'other'], segment, overlap: 0.25 };
  await install('other-rate', samplesModel({ segment, weights: [0.5, 0.5] }), said);
  for (const sampleRateHz of [22_050, 48_000, 96_000]) {
    const heard = synthesise(sampleRateHz, 0.5, [
      [{ toneHz: 1_000, amplitude: 0.4 }],
      [{ toneHz: 5_000, amplitude: 0.4 }],
    ]);
    const unheard = synthesise(sampleRateHz, 0.5, [
      [{ toneHz: 30_000, amplitude: sampleRateHz > 60_000 ? 0.3 : 0 }],
      [],
    ]);
    const planar = heard.map((samples, c) => samples.map((value, i) => value + (unheard[c]?.[i] ?? 0)));
    const stems = await separate('other-rate', planar, sampleRateHz);
    const margin = 400;
    const inside = (all: Planar | undefined): Planar => all?.map((samples) => samples.slice(margin, -margin)) ?? [];
    near(inside(stems['vocals']), (c, i) => 0.5 * (heard[c]?.[i + margin] ?? 0), inside(planar), 2e-4);
    const [vocals, rest] = [stems['vocals'], stems['accompaniment']];
    near(
      vocals?.map((s, c) => s.map((v, i) => v + (rest?.[c]?.[i] ?? 9))),
      (c, i) => planar[c]?.[i] ?? 0,
      planar,
      1e-7,
    );
  }
});

test('what a model is decides over the name of a result, and what is not there is refused before there is a job', async () => {
  const first = await install('named', samplesModel({ segment, weights: [1, 0] }), {
    shape: 'demucs',
    stems: ['vocals', 'bass'],
    segment,
  });
  const here = processor.withModels?.(modelsIn(dir));
  const params = (more: Partial<StemsParams>) => Default(stemsParams, more) as StemsParams;
  const hashes = here?.modelHashes(params({ model: 'named' })) ?? [];
  assert.equal(hashes[0], first.sha256);
  await install('named', samplesModel({ segment, weights: [1, 0] }), {
    shape: 'demucs',
    stems: ['vocals', 'bass'],
    segment,
    overlap: 0.5,
  });
  assert.notDeepEqual(here?.modelHashes(params({ model: 'named' })), hashes);
  assert.deepEqual(here?.modelHashes(params({})), []);
  assert.throws(
    () => here?.modelHashes(params({ model: 'nowhere' })),
    isCode('MODEL_NOT_FOUND', /signal-processing.*named/),
  );
  assert.throws(
    () => here?.modelHashes(params({ model: 'named', stems: 'drums' })),
    isCode('INVALID_PARAMETERS', /vocals, bass, other/),
  );
});

test('a network that gives something else, and a file that has changed, are named', async () => {
  const planar = music(rateHz, 5_000);
  const graph = samplesModel({ segment, weights: [1, 1, 1] });
  const said: Said = { shape: 'demucs', stems: ['vocals', 'other'], segment };
  await install('wrong', graph, said);
  const says = (code: string, words: RegExp) => (error: unknown) =>
    error instanceof AppError && error.code === code && words.test(error.detail) && !error.detail.includes(dir);
  await assert.rejects(separate('wrong', planar), says('MODEL_INVALID', /\[1, 3, 2, 4096\] is not \[1, 2, 2, 4096\]/));
  await install('wrong', graph, { ...said, segment: 100 });
  await assert.rejects(separate('wrong', planar), says('MODEL_INVALID', /ONNX Runtime cannot run it/));
  const { fileName } = await install('changed', samplesModel({ segment, weights: [1, 0.5] }), said);
  await appendFile(join(dir, fileName), 'x');
  await assert.rejects(separate('changed', planar), says('MODEL_CORRUPT', /damaged.*models add changed/));
});
