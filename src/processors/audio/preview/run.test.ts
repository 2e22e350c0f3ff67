import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import sharp from 'sharp';
import { decodeWithFfmpeg, encodeWithFfmpeg } from '../../../../test/support/audio/ffmpeg.ts';
import { synthesise } from '../../../../test/support/audio/synthesise.ts';
import type { PreviewParams } from './params.ts';
import type { PeaksFile } from './peaks.ts';
import { createRuntime } from './run.ts';
import type { TileScale } from './tiles.ts';

interface Made {
  readonly mp3: string;
  readonly data: { durationSeconds: number; channels: number; tiles?: TileScale };
  readonly peaks: PeaksFile;
  readonly tiles: readonly string[];
  readonly progress: readonly number[];
}

describe('audio.preview', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'esteira-preview-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function make(
    path: string,
    mediaType: string,
    params: Partial<PreviewParams> = {},
    signal = new AbortController().signal,
  ): Promise<Made> {
    const progress: number[] = [];
    const scratchDir = await mkdtemp(join(folder, 'job-'));
    const [first, second, ...tiles] = await createRuntime().run({
      modelsDir: folder,
      threads: 1,
      inputs: [{ path, mediaType, sizeBytes: (await stat(path)).size }],
      needed: [],
      params: { bitrateKbps: 160, tiles: true, ...params },
      scratchDir,
      progress: (fraction) => progress.push(fraction),
      log: () => {},
      signal,
    });
    assert.ok(first && second);
    assert.deepEqual([first.mediaType, second.mediaType], ['audio/mpeg', 'application/json']);
    assert.ok(tiles.every((tile) => tile.mediaType === 'image/png'));
    return {
      mp3: join(scratchDir, first.file),
      data: first.data as unknown as Made['data'],
      peaks: JSON.parse(await readFile(join(scratchDir, second.file), 'utf8')) as PeaksFile,
      tiles: tiles.map((tile) => join(scratchDir, tile.file)),
      progress,
    };
  }

  const seconds = 7.3;
  const tones = [{ toneHz: 440, amplitude: 0.5 }];
  const [left, right] = [tones, [{ toneHz: 5_000, amplitude: 0.3 }]];

  for (const [name, rate, voices, args, extension, mediaType] of [
    ['a stereo WAV', 44_100, [left, right], ['-c:a', 'pcm_s16le'], 'wav', 'audio/wav'],
    ['a mono FLAC of 96 kHz', 96_000, [left], [], 'flac', 'audio/flac'],
    ['an MP3', 48_000, [left, right], ['-b:a', '320k'], 'mp3', 'audio/mpeg'],
    ['surround sound', 48_000, [left, right, [], [], [], []], ['-c:a', 'pcm_s16le'], 'wav', 'audio/wav'],
  ] as const) {
    it(`makes of ${name} what a browser plays and draws`, async () => {
      const source = synthesise(rate, seconds, voices);
      const made = await make(await encodeWithFfmpeg(source, rate, args, extension), mediaType);
      const played = await decodeWithFfmpeg(made.mp3);
      const channels = Math.min(2, voices.length);
      assert.equal(played.channels.length, channels);
      assert.equal(played.sampleRateHz, rate === 96_000 ? 48_000 : rate);
      assert.ok(Math.abs((played.channels[0]?.length ?? 0) / played.sampleRateHz - seconds) < 1e-3);
      assert.ok(Math.abs(made.data.durationSeconds - seconds) < 1e-3);
      assert.equal(made.data.channels, channels);
      const middle = played.channels.map((samples) => samples.subarray(played.sampleRateHz, 6 * played.sampleRateHz));
      for (const [index, samples] of middle.entries()) {
        const rms = Math.sqrt(samples.reduce((sum, value) => sum + value * value, 0) / samples.length);
        const gain = voices.length > 2 ? 1 / (1 + Math.SQRT2) : 1;
        const expected = (gain * (index === 0 ? 0.5 : 0.3)) / Math.SQRT2;
        // LAME lowers all by 5 % at these bitrates, so that what it adds does not clip.
        assert.ok(
          Math.abs(20 * Math.log10(rms / (0.95 * expected))) < 0.1,
          `channel ${index}: ${rms}, not ${expected}`,
        );
      }

      assert.equal(made.peaks.channels, voices.length);
      for (const { low, high, stepSeconds } of made.peaks.levels) {
        assert.equal(low.length, Math.ceil(made.data.durationSeconds / stepSeconds - 1e-9));
        for (const step of [1, Math.floor(low.length / 2)].filter((at) => at < low.length - 1)) {
          assert.ok(Math.abs((low[step] ?? 0) + 0.5) < 0.02 && Math.abs((high[step] ?? 0) - 0.5) < 0.02);
        }
      }
      assert.ok(made.progress.every((value, at) => value >= (made.progress[at - 1] ?? 0) && value <= 1));
      assert.ok((made.progress.at(-1) ?? 0) > 0.95);
    });
  }

  it('draws tones where they are, in time and in frequency', async () => {
    const rate = 44_100;
    const samples = new Float32Array(40 * rate);
    const parts = [
      { toneHz: 1_000, from: 2, to: 10 },
      { toneHz: 8_000, from: 28, to: 36 },
    ];
    for (const { toneHz, from, to } of parts) {
      const [tone = []] = synthesise(rate, to - from, [[{ toneHz, amplitude: 0.9 }]]);
      samples.set(tone, from * rate);
    }
    const { tiles, data } = await make(await encodeWithFfmpeg([samples], rate, [], 'wav'), 'audio/wav');
    const scale = data.tiles;
    assert.ok(scale);
    assert.equal(tiles.length, scale.count);
    assert.equal(scale.count, Math.ceil((40 / scale.columnSeconds + 1) / scale.columns));
    const pictures = await Promise.all(
      tiles.map((path) => sharp(path).greyscale().raw().toBuffer({ resolveWithObject: true })),
    );
    for (const [index, { info }] of pictures.entries()) {
      assert.equal(info.height, scale.rows);
      if (index < pictures.length - 1) assert.equal(info.width, scale.columns);
    }
    const brightness = (atSeconds: number, hz: number): number => {
      const column = Math.round(atSeconds / scale.columnSeconds);
      const picture = pictures[Math.floor(column / scale.columns)];
      assert.ok(picture);
      const up = Math.log(hz / scale.fromHz) / Math.log(scale.toHz / scale.fromHz);
      const row = Math.floor((1 - up) * scale.rows);
      return picture.data[row * picture.info.width + (column % scale.columns)] ?? -1;
    };
    for (const { toneHz, from, to } of parts) {
      for (const seconds of [from + 0.3, (from + to) / 2, to - 0.3]) assert.ok(brightness(seconds, toneHz) > 200);
      for (const seconds of [from - 0.3, to + 0.3]) assert.ok(brightness(seconds, toneHz) < 10);
      assert.ok(brightness((from + to) / 2, toneHz * 2) < 60);
    }
  });

  it('leaves the tiles out where nobody wants them', async () => {
    const path = await encodeWithFfmpeg(synthesise(44_100, 1, [left]), 44_100, [], 'wav');
    const { tiles, data } = await make(path, 'audio/wav', { tiles: false });
    assert.deepEqual([tiles, data.tiles], [[], undefined]);
  });

  it('takes 10 ms', async () => {
    const path = await encodeWithFfmpeg(synthesise(44_100, 0.01, [left, right]), 44_100, [], 'wav');
    const { tiles, peaks, data } = await make(path, 'audio/wav');
    assert.equal(tiles.length, 1);
    assert.equal(data.durationSeconds, 0.01);
    assert.deepEqual(
      peaks.levels.map(({ low }) => low.length),
      [1, 1, 2],
    );
  });

  it('stops when it is told to', async () => {
    const path = await encodeWithFfmpeg(synthesise(44_100, 5, [left]), 44_100, [], 'wav');
    const reason = new Error('enough');
    await assert.rejects(make(path, 'audio/wav', {}, AbortSignal.abort(reason)), reason);
  });
});
