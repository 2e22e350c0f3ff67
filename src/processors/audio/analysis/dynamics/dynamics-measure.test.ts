import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ffmpegStatistics } from '../../../../../test/support/audio/ffmpeg-loudness.ts';
import { measureSamples, type Recording, surround } from '../../../../../test/support/audio/measure-samples.ts';
import { musicLike } from '../../../../../test/support/audio/music-like.ts';
import { noise, synthesise, type Voice } from '../../../../../test/support/audio/synthesise.ts';
import { createDynamicsMeasure } from './dynamics-measure.ts';

const sampleRateHz = 44_100;
const measure = (recording: Recording, blockFrames?: readonly number[]) =>
  measureSamples(createDynamicsMeasure, recording, blockFrames);
const of = (...channels: readonly Float32Array[]): Recording => ({ sampleRateHz, channels });
const sound = (seconds: number, ...voices: readonly Voice[]) =>
  synthesise(sampleRateHz, seconds, [voices])[0] ?? new Float32Array();
const near = (actual: number | null, expected: number, tolerance: number) =>
  assert.ok(actual !== null && Math.abs(actual - expected) <= tolerance, `${actual} instead of ${expected}`);
/** As a file of so many bits holds them. */
const rounded = (samples: Float32Array, bits: number) =>
  samples.map((sample) =>
    Math.max(-1, Math.min(1 - 2 ** (1 - bits), Math.round(sample * 2 ** (bits - 1)) / 2 ** (bits - 1))),
  );
const joined = (...parts: readonly Float32Array[]) => Float32Array.from(parts.flatMap((part) => [...part]));

describe('levels', () => {
  for (const [name, recording] of [
    ['noise and a tone', of(sound(3, { noiseSeed: 1, amplitude: 0.3 }), sound(3, { toneHz: 331, amplitude: 0.7 }))],
    ['music, mono', of(musicLike(sampleRateHz, 9, 2))],
    ['a tone off zero', of(sound(2, { toneHz: 100, amplitude: 0.2 }).map((sample) => sample - 0.05))],
    [
      'music, 5.1',
      {
        sampleRateHz: 48_000,
        layout: surround,
        channels: [1, 2, 3, 4, 5, 6].map((seed) => musicLike(48_000, 9, seed)),
      },
    ],
  ] as const satisfies readonly (readonly [string, Recording])[]) {
    test(`ffmpeg finds the same of ${name}`, async () => {
      const { dynamics } = await measure(recording);
      const { channels, overall } = await ffmpegStatistics(recording, 'f32');
      near(dynamics.rmsDbfs, Number(overall['RMS level dB']), 1e-4);
      near(dynamics.crestDb, Number(overall['Peak level dB']) - Number(overall['RMS level dB']), 1e-4);
      const offsets = channels.map((channel) => Number(channel['DC offset']));
      const furthest = offsets.reduce((far, offset) => (Math.abs(offset) > Math.abs(far) ? offset : far), 0);
      near(dynamics.dcOffset, furthest, 1e-6);
    });
  }

  test('a sine at full scale has -3.01 dBFS and a crest of 3.01 dB', async () => {
    const { dynamics } = await measure(of(sound(1, { toneHz: 441, amplitude: 1 })));
    near(dynamics.rmsDbfs, -3.0103, 1e-3);
    near(dynamics.crestDb, 3.0103, 1e-3);
    near(dynamics.dcOffset, 0, 1e-6);
  });
});

describe('bits really used', () => {
  const music = musicLike(sampleRateHz, 2, 5).map((sample) => sample * 0.9);
  for (const [used, held] of [
    [16, 16],
    [12, 16],
    [24, 24],
    [16, 24],
    [20, 24],
    [8, 8],
    [16, 32],
  ] as const) {
    test(`${used} in a file of ${held}`, async () => {
      const recording = { ...of(rounded(music, used)), bitsPerSample: held };
      const { dynamics } = await measure(recording);
      assert.equal(dynamics.effectiveBits, used);
      const encoding = ({ 8: 'u8', 16: 's16', 24: 's24', 32: 's32' } as const)[held];
      const { overall } = await ffmpegStatistics(recording, encoding);
      // ffmpeg takes 8 bits as they are in the file, off zero by half the scale.
      if (held > 8) assert.equal(overall['Bit depth']?.split('/')[1], String(used));
    });
  }

  test('are not told of floats, of a codec that loses some, of what is not on an even scale, and of silence', async () => {
    const bits = async (rest: Partial<Recording>) => (await measure({ ...of(music), ...rest })).dynamics.effectiveBits;
    assert.equal(await bits({ bitsPerSample: 32, codec: 'PCM float' }), null);
    assert.equal(await bits({ codec: 'MP3' }), null);
    assert.equal(await bits({ bitsPerSample: 8, codec: 'A-law' }), null);
    assert.equal(await bits({ bitsPerSample: 16, channels: [new Float32Array(1_000)] }), null);
  });

  test('do not count those that never change', async () => {
    const recording = { ...of(rounded(music, 12).map((sample) => sample + 2 ** -15)), bitsPerSample: 16 };
    assert.equal((await measure(recording)).dynamics.effectiveBits, 12);
  });
});

describe('dynamic range', () => {
  const clicked = (clicks: readonly (readonly [second: number, level: number])[], seconds: number) => {
    const samples = sound(seconds, { toneHz: 1_000, amplitude: 0.1 });
    for (const [second, level] of clicks) samples[Math.round(second * sampleRateHz)] = level;
    return samples;
  };

  test('is the second highest peak of a block against the loudest fifth', async () => {
    const samples = clicked(
      [
        [4, 0.8],
        [4.5, 0.7],
        [10, -0.5],
      ],
      30,
    );
    near((await measure(of(samples))).dynamics.dynamicRangeDb, 20 * Math.log10(0.5 / 0.1), 0.01);
    const loudInTwoOfTen = joined(
      sound(6, { toneHz: 500, amplitude: 0.4 }),
      clicked(
        [
          [10, 0.9],
          [20, -0.9],
        ],
        24,
      ),
    );
    near((await measure(of(loudInTwoOfTen))).dynamics.dynamicRangeDb, 20 * Math.log10(0.9 / 0.4), 0.01);
  });

  test('is the mean over channels that sound', async () => {
    const channels = [
      clicked(
        [
          [4, 0.5],
          [10, 0.5],
        ],
        12,
      ),
      clicked(
        [
          [4, 0.2],
          [10, 0.2],
        ],
        12,
      ),
      new Float32Array(12 * sampleRateHz),
    ];
    const recording = { sampleRateHz, channels, layout: ['left', 'right', 'centre'] as const };
    near((await measure(recording)).dynamics.dynamicRangeDb, 20 * Math.log10(Math.sqrt(5 * 2)), 0.01);
  });

  test('is nothing for a sine, and not told below three blocks', async () => {
    near((await measure(of(sound(9, { toneHz: 997, amplitude: 0.3 })))).dynamics.dynamicRangeDb, 0, 0.01);
    assert.equal((await measure(of(sound(5.9, { toneHz: 997, amplitude: 0.3 })))).dynamics.dynamicRangeDb, null);
  });
});

describe('clipping', () => {
  /** All runs of three and more at the ends of the scale, found sample by sample. */
  const runsOf = (samples: Float32Array, ends: readonly number[]) => {
    const runs: { readonly start: number; readonly length: number }[] = [];
    for (let i = 0; i < samples.length; ) {
      let end = i + 1;
      while (end < samples.length && samples[end] === samples[i]) end++;
      if (end - i >= 3 && ends.includes(samples[i] ?? 0)) runs.push({ start: i, length: end - i });
      i = end;
    }
    return runs;
  };
  const clipped = (samples: Float32Array, low: number, high: number) =>
    samples.map((sample) => Math.max(low, Math.min(high, sample)));

  for (const [name, samples, ends] of [
    ['a tone', clipped(sound(1, { toneHz: 100, amplitude: 1.4 }), -1, 1), [-1, 1]],
    ['a low tone that hardly clips', clipped(sound(1, { toneHz: 30, amplitude: 1.02 }), -1, 1), [-1, 1]],
    [
      'one that is off zero',
      clipped(
        sound(1, { toneHz: 313, amplitude: 1.3 }).map((x) => x + 0.2),
        -1,
        0.95,
      ),
      [Math.fround(0.95), -1],
    ],
    [
      'music',
      clipped(
        musicLike(sampleRateHz, 8, 3, 8).map((x) => x * 1.7),
        -1,
        1 - 2 ** -15,
      ),
      [-1, 1 - 2 ** -15],
    ],
  ] as const) {
    test(`${name}: each run is found`, async () => {
      const { clippedSamples, clips } = (await measure({ ...of(samples), bitsPerSample: 16 })).dynamics;
      const runs = runsOf(samples, ends);
      assert.ok(runs.length > 0);
      assert.equal(
        clippedSamples,
        runs.reduce((sum, { length }) => sum + length, 0),
      );
      assert.equal(clips.length, Math.min(runs.length, 100));
      const longest = runs.toSorted((a, b) => b.length - a.length || a.start - b.start).slice(0, 100);
      assert.deepEqual(
        clips,
        longest
          .sort((a, b) => a.start - b.start)
          .map(({ start, length }) => ({
            startSeconds: start / sampleRateHz,
            endSeconds: (start + length) / sampleRateHz,
            channel: 0,
            samples: length,
          })),
      );
    });
  }

  for (const [name, samples] of [
    ['a square wave at -6 dBFS', sound(1, { toneHz: 220, amplitude: 1 }).map((x) => (x < 0 ? -0.5 : 0.5))],
    ['a low tone at full scale that rounding has made flat', rounded(sound(2, { toneHz: 25, amplitude: 1 }), 16)],
    ['a tone of 8 bits', rounded(sound(1, { toneHz: 220, amplitude: 0.99 }), 8)],
    ['noise', sound(1, { noiseSeed: 1, amplitude: 1 })],
    ['two samples at the top', sound(1, { toneHz: 440, amplitude: 0.5 }).map((x, i) => (i % 1_000 < 2 ? 1 : x))],
    [
      'a plateau below the top',
      joined(clipped(sound(1, { toneHz: 100, amplitude: 1.2 }), -0.95, 0.95), Float32Array.of(0, 0.99, 0, -0.99, 0)),
    ],
  ] as const) {
    test(`${name} is not clipped`, async () => {
      const bitsPerSample = name.includes('8 bits') ? 8 : 16;
      const { clippedSamples, clips } = (await measure({ ...of(samples), bitsPerSample })).dynamics;
      assert.deepEqual({ clippedSamples, clips }, { clippedSamples: 0, clips: [] });
    });
  }

  test('a run goes on from hop to hop, in its own channel', async () => {
    const samples = new Float32Array(20_000).fill(1, 100, 15_000);
    const { clippedSamples, clips } = (await measure(of(new Float32Array(20_000), samples))).dynamics;
    assert.equal(clippedSamples, 14_900);
    assert.deepEqual(clips, [
      { startSeconds: 100 / sampleRateHz, endSeconds: 15_000 / sampleRateHz, channel: 1, samples: 14_900 },
    ]);
  });
});

test('the noise floor is that of the quietest 50 ms, and digital silence is none', async () => {
  const loud = sound(1, { noiseSeed: 5, amplitude: 0.5 });
  const quiet = sound(2, { noiseSeed: 6, amplitude: 1e-3 });
  const { dynamics } = await measure(of(joined(new Float32Array(9_999), loud, quiet, loud, new Float32Array(9_999))));
  // Uniform noise has a third of its peak's square; the quietest of 200 windows has a little less.
  near(dynamics.noiseFloorDbfs, 10 * Math.log10(1e-6 / 3) - 0.2, 0.2);
  const tone = await measure(of(sound(2, { toneHz: 1_000, amplitude: 0.5 })));
  near(tone.dynamics.noiseFloorDbfs, 20 * Math.log10(0.5) - 3.0103, 0.01);
});

describe('silence', () => {
  const quiet = (seconds: number) => new Float32Array(Math.round(seconds * sampleRateHz)).fill(10 ** (-71 / 20));
  const loud = (seconds: number) => new Float32Array(Math.round(seconds * sampleRateHz)).fill(10 ** (-69 / 20));

  test('is found to the sample, from half a second on', async () => {
    const parts = [quiet(0.6), loud(0.333), quiet(0.4999), loud(1.001), quiet(0.5001), loud(0.01), quiet(2)];
    const { silence } = await measure(of(joined(...parts)));
    const startOf = (part: number) => parts.slice(0, part).reduce((sum, { length }) => sum + length, 0);
    const frames = [0, 4, 6].map((part) => [startOf(part), startOf(part + 1)]);
    const where = ['start', 'middle', 'end'];
    assert.deepEqual(
      silence,
      frames.map(([start = 0, end = 0], i) => ({
        startSeconds: start / sampleRateHz,
        endSeconds: end / sampleRateHz,
        where: where[i],
      })),
    );
  });

  test('needs all channels, and may be all there is', async () => {
    const both = await measure(of(joined(quiet(1), loud(1)), joined(loud(1), quiet(1))));
    assert.deepEqual(both.silence, []);
    const all = await measure(of(quiet(0.75)));
    assert.deepEqual(all.silence, [{ startSeconds: 0, endSeconds: 0.75, where: 'all' }]);
  });
});

describe('waveform', () => {
  for (const [seconds, rate] of [
    [0.7, 44_100],
    [1.9, 48_000],
    [9.87, 44_100],
    [100, 8_000],
  ] as const) {
    test(`of ${seconds} s is the lowest and highest of each step`, async () => {
      const channels = synthesise(rate, seconds, [
        [
          { noiseSeed: 1, amplitude: 0.5 },
          { toneHz: 0.3, amplitude: 0.4 },
        ],
        [{ noiseSeed: 2, amplitude: 0.8 }],
      ]);
      const { stepSeconds, low, high } = (await measure({ sampleRateHz: rate, channels })).waveform;
      assert.equal(low.length, Math.ceil(seconds / stepSeconds - 1e-9));
      assert.ok(low.length <= 1_600 && (low.length > 800 || stepSeconds === 0.00125));
      for (const step of low.keys()) {
        const [from, to] = [step, step + 1].map((each) => Math.round(each * stepSeconds * rate));
        const samples = channels.flatMap((channel) => [...channel.subarray(from, to)]);
        assert.equal(low[step], Math.min(...samples), `step ${step}`);
        assert.equal(high[step], Math.max(...samples), `step ${step}`);
      }
    });
  }
});

test('how a recording is cut into blocks does not matter', async () => {
  const random = noise(3);
  const channels = [1, 2].map((seed) =>
    musicLike(sampleRateHz, 3.21, seed, 8).map((x) => Math.max(-1, Math.min(1, 1.5 * x))),
  );
  const recording = {
    ...of(
      ...channels.map((x) =>
        joined(
          x,
          new Float32Array(30_000),
          x.map(() => 0.1 * random()),
        ),
      ),
    ),
    bitsPerSample: 24,
  };
  const whole = await measure(recording);
  assert.ok(whole.dynamics.clippedSamples > 0 && whole.silence.length > 0);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 16_384 }), { minLength: 1, maxLength: 40 }),
      async (lengths) => {
        assert.deepEqual(await measure(recording, lengths), whole);
      },
    ),
    { numRuns: 25 },
  );
});

test('silence and nothing have no level, and no number that is none', async () => {
  for (const frames of [0, 100, 50_000]) {
    const { dynamics, waveform } = await measure(of(new Float32Array(frames)));
    assert.deepEqual(dynamics, {
      rmsDbfs: null,
      crestDb: null,
      dynamicRangeDb: null,
      clippedSamples: 0,
      clips: [],
      dcOffset: 0,
      noiseFloorDbfs: null,
      effectiveBits: null,
    });
    assert.equal(waveform.low.length, Math.ceil(frames / 55.125));
  }
});
