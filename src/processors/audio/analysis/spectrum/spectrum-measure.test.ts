import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeWithFfmpeg, encodeWithFfmpeg } from '../../../../../test/support/audio/ffmpeg.ts';
import { noise, synthesise } from '../../../../../test/support/audio/synthesise.ts';
import { faded, shapedNoise, sineDb, spectrumOf } from './test-spectrum.ts';

const near = (actual: number | null | undefined, expected: number, tolerance: number, what = '') => {
  const close = actual !== null && actual !== undefined && Math.abs(actual - expected) <= tolerance;
  assert.ok(close, `${what}: ${actual} is not ${expected} ± ${tolerance}`);
};
const power = (db: number | null | undefined) => 10 ** ((db ?? -Infinity) / 10);

async function tone(toneHz: number, sampleRateHz = 44_100, seconds = 3) {
  return spectrumOf(synthesise(sampleRateHz, seconds, [[{ toneHz, amplitude: 1 }]]), sampleRateHz);
}

function bandsOf({ spectrum }: { spectrum: { thirdOctaveDb: readonly { centerHz: number; db: number | null }[] } }) {
  return new Map(spectrum.thirdOctaveDb.map(({ centerHz, db }) => [centerHz, db]));
}

describe('third octaves', () => {
  for (const sampleRateHz of [8_000, 44_100, 48_000, 192_000]) {
    it(`read −3.01 dB for a full-scale sine at 1 kHz at ${sampleRateHz} Hz`, async () => {
      near(bandsOf(await tone(1_000, sampleRateHz)).get(1_000), sineDb, 0.02);
      const [samples = new Float32Array()] = synthesise(sampleRateHz, 2, [[{ toneHz: 1_000, amplitude: 1 }]]);
      const bands = bandsOf(await spectrumOf([faded(samples, sampleRateHz / 2)], sampleRateHz));
      for (const other of [500, 2_000]) assert.ok((bands.get(other) ?? -999) < -80, `${other} Hz: ${bands.get(other)}`);
    });
  }

  it('read −3.01 dB at the middle of each from 125 Hz on', async () => {
    for (const [index, centerHz] of [125, 160, 200, 250, 315, 400, 500, 630, 800].entries()) {
      near(bandsOf(await tone(10 ** ((21 + index) / 10))).get(centerHz), sineDb, 0.05, `${centerHz} Hz`);
    }
    for (const [index, centerHz] of [8_000, 10_000, 12_500, 16_000, 20_000].entries()) {
      near(bandsOf(await tone(10 ** ((39 + index) / 10))).get(centerHz), sineDb, 0.02, `${centerHz} Hz`);
    }
  });

  it('share a low sine with their neighbours and lose nothing of it', async () => {
    for (const centre of [31.5, 40, 50, 63, 80, 100]) {
      const { spectrum } = await tone(centre, 44_100, 6);
      const at = spectrum.thirdOctaveDb.findIndex(({ centerHz }) => centerHz === centre);
      const around = spectrum.thirdOctaveDb.slice(Math.max(0, at - 2), at + 3);
      near(10 * Math.log10(around.reduce((sum, { db }) => sum + power(db), 0)), sineDb, 0.25, `${centre} Hz`);
      assert.equal(Math.max(...spectrum.thirdOctaveDb.map(({ db }) => db ?? -999)), spectrum.thirdOctaveDb[at]?.db);
    }
  });

  it('share a sine on the edge between them', async () => {
    const bands = bandsOf(await tone(1_000 * 10 ** (1 / 20)));
    for (const centre of [1_000, 1_250]) near(bands.get(centre), sineDb - 3.01, 0.5, `${centre} Hz`);
    near(10 * Math.log10(power(bands.get(1_000)) + power(bands.get(1_250))), sineDb, 0.02);
  });

  it('go as far as the sample rate', async () => {
    const last = async (rate: number) => (await tone(500, rate, 0.5)).spectrum.thirdOctaveDb.at(-1)?.centerHz;
    assert.equal(await last(8_000), 3_150);
    assert.equal(await last(22_050), 10_000);
    assert.equal(await last(44_100), 20_000);
    assert.equal(await last(192_000), 20_000);
  });

  it('hold the part of white noise that is their width', async () => {
    const sampleRateHz = 44_100;
    const seconds = 20;
    const [samples = new Float32Array()] = synthesise(sampleRateHz, seconds, [[{ noiseSeed: 5, amplitude: 0.5 }]]);
    const { spectrum } = await spectrumOf([samples]);
    // Uniform between −0.5 and 0.5.
    const density = 0.25 / 3 / (sampleRateHz / 2);
    for (const [index, { centerHz, db }] of spectrum.thirdOctaveDb.entries()) {
      const centre = 1_000 * 10 ** ((index - 16) / 10);
      const [from, to] = [centre / 10 ** 0.05, Math.min(centre * 10 ** 0.05, sampleRateHz / 2)];
      // Four standard deviations of the power of noise of this width and duration.
      const tolerance = (4 * 4.34) / Math.sqrt((to - from) * seconds) + 0.01;
      near(db, 10 * Math.log10(density * (to - from)), tolerance, `${centerHz} Hz`);
    }
    near(spectrum.tiltDbPerOctave, 10 * Math.log10(2), 0.05);
    near(spectrum.centroidHz, sampleRateHz / 4 - (22_050 - 20_000) / 2, 100);
    near(spectrum.spreadHz, 20_000 / Math.sqrt(12), 60);
    near(spectrum.rolloffHz, 0.85 * 20_000, 60);
    assert.ok((spectrum.flatness ?? 0) > 0.98, `${spectrum.flatness}`);
  });

  it('are level for pink noise', async () => {
    const samples = await shapedNoise(2 ** 20, 44_100, noise(8), (hz) => (hz < 10 ? 0 : 1e-5 / hz));
    const { spectrum } = await spectrumOf([samples]);
    near(spectrum.tiltDbPerOctave, 0, 0.03);
    const expected = 10 * Math.log10((1e-5 * Math.log(10)) / 10);
    for (const { centerHz, db } of spectrum.thirdOctaveDb) {
      if (centerHz < 20_000) near(db, expected, centerHz < 100 ? 1 : 0.3, `${centerHz} Hz`);
    }
    const { curve } = spectrum;
    near(curve[24]?.hz, 40, 1e-9);
    for (const { hz, db } of curve) if (hz > 100 && hz < 19_000) near(db, expected, 0.3, `${hz} Hz`);
  });
});

describe('the highest frequency', () => {
  const brickwall = async (hz: number, seed = 3) =>
    await shapedNoise(2 ** 19, 44_100, noise(seed), (at) => (at < hz ? 1e-7 : 0));

  for (const hz of [4_000, 11_000, 16_000, 19_500]) {
    it(`is ${hz} Hz where noise ends there, with and without a click and the noise of 16 bits`, async () => {
      const samples = await brickwall(hz);
      near((await spectrumOf([samples])).spectrum.highestHz, hz, 350);
      samples[200_000] = 1;
      near((await spectrumOf([samples])).spectrum.highestHz, hz, 350);
      const random = noise(4);
      const dithered = samples.map((value) => Math.round(value * 32_768 + (random() + random()) / 2) / 32_768);
      near((await spectrumOf([dithered])).spectrum.highestHz, hz, 350);
    });
  }

  it('is where an MP3 was cut off', async () => {
    const white = synthesise(44_100, 6, [[{ noiseSeed: 1, amplitude: 0.2 }], [{ noiseSeed: 2, amplitude: 0.2 }]]);
    const cut = async (args: readonly string[]) => {
      const { channels } = await decodeWithFfmpeg(await encodeWithFfmpeg(white, 44_100, args, 'mp3'));
      return (await spectrumOf(channels)).spectrum.highestHz;
    };
    // The bands of an MP3's filters are 689 Hz wide, and ours 172.
    const tolerance = 689 + 172;
    near(await cut(['-c:a', 'libmp3lame', '-b:a', '128k', '-cutoff', '16000']), 16_000, tolerance);
    near(await cut(['-c:a', 'libmp3lame', '-b:a', '128k', '-cutoff', '11000']), 11_000, tolerance);
  });

  it('is half the sample rate where nothing is missing', async () => {
    const samples = synthesise(192_000, 1, [[{ noiseSeed: 1, amplitude: 0.2 }]]);
    assert.equal((await spectrumOf(samples, 192_000)).spectrum.highestHz, 96_000);
  });
});

describe('a measure of spectrum and stereo', () => {
  it('gives the same for blocks of any lengths', async () => {
    const channels = synthesise(8_000, 1.37, [
      [
        { noiseSeed: 1, amplitude: 0.3 },
        { toneHz: 440, amplitude: 0.4 },
      ],
      [
        { noiseSeed: 2, amplitude: 0.2 },
        { toneHz: 441, amplitude: 0.4 },
      ],
    ]);
    const whole = await spectrumOf(channels, 8_000);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 20 }),
        async (lengths) => {
          const cut = await spectrumOf(channels, 8_000, lengths);
          assert.deepEqual(cut.spectrum, whole.spectrum);
          assert.deepEqual(cut.spectrogram, whole.spectrogram);
          assert.deepEqual(cut.stereo?.bands, whole.stereo?.bands);
          assert.deepEqual(cut.series.bandsDb, whole.series.bandsDb);
          near(cut.stereo?.correlation, whole.stereo?.correlation ?? 9, 1e-6);
          for (const [step, value] of whole.series.correlation.entries())
            near(cut.series.correlation[step], value, 1e-5);
        },
      ),
      { numRuns: 12 },
    );
  });

  for (const sampleRateHz of [8_000, 11_025, 44_100, 192_000]) {
    it(`takes 10 ms and less at ${sampleRateHz} Hz`, async () => {
      for (const seconds of [0.01, 1 / sampleRateHz]) {
        const amplitude = 0.5;
        const voices = [{ toneHz: 1_000, amplitude, phaseRadians: 1 }];
        const result = await spectrumOf(synthesise(sampleRateHz, seconds, [voices, voices]), sampleRateHz);
        assert.equal(result.series.correlation.length, 1);
        assert.equal(result.series.bandsDb.length, 6);
        for (const band of result.series.bandsDb) assert.equal(band.length, 1);
        assert.ok(result.spectrogram.columns >= 1);
        const { curve, thirdOctaveDb, ...shape } = result.spectrum;
        for (const value of Object.values(shape)) assert.ok(value === null || Number.isFinite(value));
        for (const { db } of [...curve, ...thirdOctaveDb]) assert.ok(db === null || Number.isFinite(db));
      }
      const [samples = new Float32Array()] = synthesise(sampleRateHz, 0.01, [[{ toneHz: 2_000, amplitude: 0.5 }]]);
      const { spectrum } = await spectrumOf([samples], sampleRateHz);
      // A short sound has a wide spectrum, but all of it is there.
      const sum = spectrum.thirdOctaveDb.reduce((total, { db }) => total + power(db), 0);
      near(10 * Math.log10(sum), 10 * Math.log10(0.125), 0.6);
    });
  }

  it('says nothing of silence, and of nothing', async () => {
    for (const frames of [0, 1, 100_000]) {
      const silence = new Float32Array(frames);
      const { spectrum, stereo, series, spectrogram } = await spectrumOf([silence, silence]);
      const { thirdOctaveDb, curve, ...shape } = spectrum;
      assert.deepEqual(new Set([...thirdOctaveDb, ...curve].map(({ db }) => db)), new Set([null]));
      assert.deepEqual(new Set(Object.values(shape)), new Set([null]));
      assert.ok(stereo);
      const { bands, inversions, ...whole } = stereo;
      assert.deepEqual(new Set(Object.values(whole)), new Set([null]));
      for (const { correlation, widthPercent, monoCompatibilityDb } of bands) {
        assert.deepEqual([correlation, widthPercent, monoCompatibilityDb], [null, null, null]);
      }
      assert.deepEqual(inversions, []);
      assert.ok(series.correlation.every(Number.isNaN) && series.centroidHz.every(Number.isNaN));
      assert.ok(series.bandsDb.every((band) => band.every((value) => value === -Infinity)));
      assert.equal(series.centroidHz.length, Math.ceil(frames / 4_410));
      assert.ok(spectrogram.png.length > 0);
    }
  });

  it('follows what changes', async () => {
    const rate = 44_100;
    const [low = new Float32Array(), high = new Float32Array()] = synthesise(rate, 2, [
      [{ toneHz: 100, amplitude: 0.5 }],
      [{ toneHz: 3_000, amplitude: 0.5 }],
    ]);
    const samples = new Float32Array(4 * rate);
    samples.set(low);
    samples.set(high, low.length);
    const { series } = await spectrumOf([samples]);
    assert.equal(series.centroidHz.length, 40);
    near(series.centroidHz[10], 100, 12);
    near(series.centroidHz[30], 3_000, 30);
    near(series.bandsDb[1]?.[10], 10 * Math.log10(0.125), 0.1);
    near(series.bandsDb[4]?.[30], 10 * Math.log10(0.125), 0.1);
    assert.ok((series.bandsDb[4]?.[10] ?? 0) < -70 && (series.bandsDb[1]?.[30] ?? 0) < -70);
  });

  it('stays small for three hours', async () => {
    const rate = 8_000;
    const frames = 3 * 3_600 * rate;
    const { createDsp } = await import('#processors/shared/audio/dsp/dsp.ts');
    const { createSpectrumMeasure } = await import('./spectrum-measure.ts');
    const dsp = await createDsp();
    const block = dsp.allocate(16_384);
    const [samples = []] = synthesise(rate, 16_384 / rate, [[{ noiseSeed: 1, amplitude: 0.3 }]]);
    dsp.floats(block, 16_384).set(samples);
    const layout = ['left', 'right'] as const;
    const format = { container: 'wav', codec: 'PCM', sampleRateHz: rate, layout };
    const measure = await createSpectrumMeasure({ dsp, format });
    const memory = dsp.floats(0, 0).buffer.byteLength;
    for (let startFrame = 0; startFrame < frames; startFrame += 16_384) {
      const length = Math.min(16_384, frames - startFrame);
      measure.add({ channels: [], frames: length, pointers: [block, block], startFrame });
    }
    assert.equal(dsp.floats(0, 0).buffer.byteLength, memory);
    assert.ok(memory < 32 * 2 ** 20, `${memory} bytes`);
    const { spectrogram, series, stereo } = measure.result();
    assert.ok(spectrogram.columns > 800 && spectrogram.columns <= 1_600);
    near(spectrogram.columns * spectrogram.columnSeconds, 3 * 3_600, 20);
    assert.equal(series.correlation.length, 108_000);
    assert.equal(series.bandsDb[0]?.length, 108_000);
    near(stereo?.correlation, 1, 1e-12);
    near(10 ** ((series.bandsDb[3]?.[100_000] ?? 0) / 10) / 0.03, 1_500 / 4_000, 0.1);
  });
});
