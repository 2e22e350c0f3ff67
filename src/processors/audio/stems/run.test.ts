import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Default } from 'typebox/value';
import { audioFile, decodeWithFfmpeg } from '../../../../test/support/audio/ffmpeg.ts';
import { synthesise } from '../../../../test/support/audio/synthesise.ts';
import { wavBytes } from '../../../../test/support/audio/wav-bytes.ts';
import { isCode } from '../../../../test/support/is-code.ts';
import { type StemsParams, stemsParams } from './params.ts';
import { createRuntime } from './run.ts';

type Planar = readonly Float32Array[];

const root = mkdtempSync(join(tmpdir(), 'esteira-stems-'));
after(() => rmSync(root, { recursive: true }));

/** Something held, something struck, something in the middle, something at one side. */
function song(sampleRateHz: number, seconds: number, channels = 2): Float32Array<ArrayBuffer>[] {
  const planar = synthesise(
    sampleRateHz,
    seconds,
    Array.from({ length: channels }, (_, i) => [
      { toneHz: 55, amplitude: 0.3 },
      { toneHz: 440 * (i + 1), amplitude: 0.2 },
      { noiseSeed: i + 1, amplitude: 0.01 },
    ]),
  );
  for (const samples of planar) {
    for (let i = 0; i < samples.length; i++) {
      const sinceHit = (i / sampleRateHz) % 0.5;
      const hit = Math.exp(-sinceHit * 60) * Math.sin(i * i * 0.37) * 0.4;
      const voice = Math.sin(2 * Math.PI * (300 + 40 * Math.sin(i / sampleRateHz)) * (i / sampleRateHz)) * 0.2;
      samples[i] = (samples[i] ?? 0) + hit + (i / sampleRateHz > seconds / 2 ? voice : 0);
    }
  }
  return planar;
}

async function separate(planar: Planar, sampleRateHz: number, more: Partial<StemsParams> = {}, signal?: AbortSignal) {
  const path = audioFile('wav');
  const bytes = wavBytes(planar, sampleRateHz, 'f32');
  await writeFile(path, bytes);
  const scratchDir = mkdtempSync(join(root, 'job-'));
  const fractions: number[] = [];
  const outputs = await createRuntime().run({
    inputs: [{ path, mediaType: 'audio/wav', sizeBytes: bytes.length }],
    needed: [],
    params: Default(stemsParams, more) as StemsParams,
    modelsDir: root,
    threads: 1,
    scratchDir,
    progress: (fraction) => fractions.push(fraction),
    log: () => {},
    signal: signal ?? new AbortController().signal,
  });
  const stems = new Map<string, Planar>();
  for (const { file, data } of outputs) {
    const decoded = await decodeWithFfmpeg(join(scratchDir, file));
    assert.equal(decoded.sampleRateHz, sampleRateHz);
    stems.set(String(data?.['stem']), decoded.channels);
  }
  return { outputs, stems, fractions };
}

/** The largest sample of the recording less all stems, in dB of full scale. */
function residueDb(planar: Planar, stems: Iterable<Planar>): number {
  let largest = 0;
  const all = [...stems];
  planar.forEach((samples, channel) => {
    for (const stem of all) assert.equal(stem[channel]?.length, samples.length);
    samples.forEach((value, i) => {
      const sum = all.reduce((total, stem) => total + (stem[channel]?.[i] ?? 0), 0);
      largest = Math.max(largest, Math.abs(value - sum));
    });
  });
  return 20 * Math.log10(largest);
}

for (const [sampleRateHz, channels, seconds] of [
  [44_100, 2, 7.7],
  [8_000, 1, 3],
  [96_000, 2, 2.5],
  // Longer than what is looked through at once.
  [8_000, 2, 100.3],
  // Shorter than a frame, and than nearly anything.
  [44_100, 2, 0.01],
  [48_000, 1, 1 / 48_000],
] as const) {
  test(`stems add up to the recording: ${seconds} s, ${channels} channels at ${sampleRateHz} Hz`, async () => {
    const planar = song(sampleRateHz, seconds, channels);
    const { outputs, stems, fractions } = await separate(planar, sampleRateHz);
    assert.deepEqual(
      outputs.map(({ file, mediaType, data }) => [file, mediaType, data?.['stem'], data?.['model']]),
      ['vocals', 'drums', 'bass', 'other'].map((stem) => [`${stem}.wav`, 'audio/wav', stem, 'signal-processing']),
    );
    for (const { data } of outputs) {
      assert.ok(Math.abs(Number(data?.['durationSeconds']) - seconds) <= 1 / sampleRateHz);
    }
    assert.ok(residueDb(planar, stems.values()) <= -120);
    assert.ok(fractions.every((fraction, i) => fraction >= (fractions[i - 1] ?? 0)));
    assert.equal(fractions.at(-1), 1);
  });
}

test('FLAC stems add up to within 24 bits', async () => {
  const planar = song(44_100, 3);
  const { outputs, stems } = await separate(planar, 44_100, { format: 'flac', mode: 'two' });
  assert.deepEqual([...stems.keys()], ['vocals', 'accompaniment']);
  assert.equal(outputs[0]?.mediaType, 'audio/flac');
  assert.ok(residueDb(planar, stems.values()) <= -120);
});

test('only what was asked for is written, and it is the same as among all', async () => {
  const planar = song(44_100, 3);
  const all = await separate(planar, 44_100);
  const { outputs, stems } = await separate(planar, 44_100, { stems: 'other,drums' });
  assert.deepEqual(
    outputs.map(({ file }) => file),
    ['drums.wav', 'other.wav'],
  );
  for (const [name, channels] of stems) assert.deepEqual(channels, all.stems.get(name));
});

test('nothing is cut off at the top: a tone of 20 kHz is whole in the stems', async () => {
  const planar = synthesise(48_000, 2, [[{ toneHz: 20_000, amplitude: 0.5 }], [{ toneHz: 20_000, amplitude: 0.5 }]]);
  const { stems } = await separate(planar, 48_000);
  assert.ok(residueDb(planar, stems.values()) <= -120);
  const other = stems.get('other')?.[0] ?? new Float32Array();
  const power = other.reduce((sum, value) => sum + value * value, 0) / other.length;
  assert.ok(10 * Math.log10(power / 0.125) > -1, 'a held tone is neither voice nor drums');
});

test('silence stays silent', async () => {
  const { stems } = await separate([new Float32Array(50_000), new Float32Array(50_000)], 44_100);
  for (const channels of stems.values())
    for (const samples of channels) assert.ok(samples.every((value) => value === 0));
});

test('it stops when it is told to', async () => {
  const abort = new AbortController();
  setTimeout(() => abort.abort(), 50);
  await assert.rejects(separate(song(44_100, 20), 44_100, {}, abort.signal), { name: 'AbortError' });
});

test('what it cannot do is said', async () => {
  const six = synthesise(44_100, 0.1, [[], [], [], [], [], []]);
  await assert.rejects(separate(six, 44_100), isCode('INPUT_NOT_ACCEPTED', /6 channels/));
  const short = song(44_100, 0.1);
  const nowhere = { mode: 'two', stems: 'drums' } as const;
  await assert.rejects(separate(short, 44_100, nowhere), isCode('INVALID_PARAMETERS', /vocals, accompaniment/));
  short[1]?.fill(1e20, 100, 101);
  await assert.rejects(separate(short, 44_100), isCode('MEDIA_INVALID', /at 0\.0 s; full scale is 1/));
});
