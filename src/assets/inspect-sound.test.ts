import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { AppError } from '#kernel/errors.ts';
import { mebibyte } from '#kernel/units.ts';
import { openAudio } from '#processors/shared/audio/decode/open-audio.ts';
import { isFfmpegType, soundTypes } from '#processors/shared/audio/sound-types.ts';
import { audioFile, decodeWithFfmpeg, encodeWithFfmpeg, ffmpeg } from '../../test/support/audio/ffmpeg.ts';
import { synthesise } from '../../test/support/audio/synthesise.ts';
import { chunk, riff, wavBytes } from '../../test/support/audio/wav-bytes.ts';
import { isCode } from '../../test/support/is-code.ts';
import { box } from '../../test/support/media-builders.ts';
import { MemoryFile } from '../../test/support/memory-file.ts';
import { inspectFile, inspectMedia } from './inspect-media.ts';

const limits = { maxPixels: 1_000_000, maxFrames: 1, maxDurationSeconds: 14_400 };
const seconds = 3.21;
const left = [
  { toneHz: 440, amplitude: 0.4 },
  { noiseSeed: 1, amplitude: 0.2 },
];
const stereo = synthesise(44_100, seconds, [left, [{ toneHz: 330, amplitude: 0.4 }]]);
const mono = synthesise(8_000, seconds, [left]);

function inspect(bytes: Buffer, limit: Partial<typeof limits> = {}) {
  return inspectMedia(new MemoryFile(bytes), bytes.length, { ...limits, ...limit });
}

/** One frame of the codec, where its container counts in frames. */
const [exact, aacFrame, webmBlock] = [1e-6, 1_024 / 44_100, 0.06];
type Case = readonly [mediaType: string, toleranceSeconds: number, extension: string, args: readonly string[]];

const cases: Readonly<Record<string, Case>> = {
  'WAV, 16 bits': ['audio/wav', exact, 'wav', ['-c:a', 'pcm_s16le']],
  'WAV, 24 bits, extensible': ['audio/wav', exact, 'wav', ['-c:a', 'pcm_s24le', '-ac', '6']],
  'WAV, float of 64 bits': ['audio/wav', exact, 'wav', ['-c:a', 'pcm_f64le']],
  'WAV, µ-law': ['audio/wav', exact, 'wav', ['-c:a', 'pcm_mulaw']],
  RF64: ['audio/wav', exact, 'wav', ['-rf64', 'always']],
  'WAV with pictures and texts': ['audio/wav', exact, 'wav', ['-metadata', 'title=a', '-write_bext', '1']],
  AIFF: ['audio/aiff', exact, 'aiff', []],
  'AIFF-C, small end first': ['audio/aiff', exact, 'aiff', ['-c:a', 'pcm_s16le']],
  FLAC: ['audio/flac', exact, 'flac', []],
  'FLAC, 24 bits': ['audio/flac', exact, 'flac', ['-sample_fmt', 's32', '-ar', '96000']],
  'MP3, constant': ['audio/mpeg', exact, 'mp3', ['-b:a', '192k']],
  'MP3, variable': ['audio/mpeg', exact, 'mp3', ['-q:a', '4']],
  'MP3 without a note': ['audio/mpeg', 2_305 / 44_100, 'mp3', ['-q:a', '4', '-write_xing', '0', '-id3v2_version', '0']],
  'MP3, MPEG-2': ['audio/mpeg', exact, 'mp3', ['-ar', '22050', '-ac', '1']],
  'MP3, MPEG-2.5': ['audio/mpeg', exact, 'mp3', ['-ar', '8000', '-b:a', '8k', '-ac', '1']],
  'MPEG audio of layer II': ['audio/mpeg', exact, 'mp2', ['-c:a', 'mp2']],
  M4A: ['audio/mp4', aacFrame, 'm4a', ['-c:a', 'aac']],
  'M4A, table of contents first': ['audio/mp4', aacFrame, 'm4a', ['-c:a', 'aac', '-movflags', 'faststart']],
  'QuickTime with AAC': ['audio/mp4', aacFrame, 'mov', ['-c:a', 'aac']],
  'MP4 with sound alone': ['audio/mp4', aacFrame, 'mp4', ['-c:a', 'aac']],
  'M4A, 5.1': ['audio/mp4', aacFrame, 'm4a', ['-c:a', 'aac', '-ac', '6']],
  'M4A in fragments': ['audio/x-m4a', 2 * aacFrame, 'm4a', ['-c:a', 'aac', '-movflags', 'frag_keyframe+empty_moov']],
  'M4A of a rate that may be doubled': ['audio/x-m4a', 2_048 / 22_050, 'm4a', ['-c:a', 'aac', '-ar', '22050']],
  'M4A with ALAC': ['audio/x-m4a', exact, 'm4a', ['-c:a', 'alac']],
  'QuickTime with PCM': ['audio/x-m4a', exact, 'mov', ['-c:a', 'pcm_s24be']],
  'M4A with MP3': ['audio/x-m4a', 0.06, 'mp4', ['-c:a', 'libmp3lame']],
  ADTS: ['audio/aac', aacFrame, 'aac', ['-c:a', 'aac']],
  'ADTS of a rate that may be doubled': ['audio/aacp', 1_024 / 22_050, 'aac', ['-c:a', 'aac', '-ar', '22050']],
  'Ogg Vorbis': ['audio/ogg', exact, 'ogg', ['-c:a', 'libvorbis']],
  'Ogg Opus': ['audio/ogg', exact, 'opus', ['-c:a', 'libopus']],
  'Ogg Speex': ['audio/x-ogg', 0.2, 'spx', ['-c:a', 'libspeex', '-ar', '16000', '-ac', '1']],
  'Ogg FLAC': ['audio/ogg', exact, 'oga', ['-c:a', 'flac']],
  WebM: ['audio/webm', webmBlock, 'webm', ['-c:a', 'libopus']],
  'WebM without a duration': ['audio/webm', webmBlock, 'webm', ['-c:a', 'libopus', '-live', '1']],
  Matroska: ['audio/matroska', webmBlock, 'mka', ['-c:a', 'flac']],
  'CAF, PCM': ['audio/x-caf', exact, 'caf', ['-c:a', 'pcm_s16be']],
  // ffmpeg writes the last packet as if it were full.
  'CAF, ALAC': ['audio/x-caf', 4_096 / 44_100, 'caf', ['-c:a', 'alac']],
};

describe('type and duration are those of what ffmpeg decodes; what is not left to it, our own decoders open', () => {
  for (const [name, [mediaType, toleranceSeconds, extension, args]] of Object.entries(cases)) {
    test(name, async () => {
      const path = await encodeWithFfmpeg(stereo, 44_100, args, extension);
      const media = await inspectFile(path, limits);
      const { channels, sampleRateHz } = await decodeWithFfmpeg(path);
      const expected = (channels[0]?.length ?? 0) / sampleRateHz;
      assert.deepEqual(Object.keys(media), ['mediaType', 'sizeBytes', 'durationSeconds']);
      assert.equal(media.mediaType, mediaType);
      const duration = media.durationSeconds ?? 0;
      assert.ok(Math.abs(duration - expected) <= toleranceSeconds, `${duration} s, ffmpeg ${expected} s`);
      if (isFfmpegType(mediaType)) return;
      await using stream = await openAudio(path, mediaType);
      assert.equal(stream.format.layout.length, channels.length);
    });
  }

  test('every type that is accepted is among them', () => {
    const seen = new Set(Object.values(cases).map(([mediaType]) => mediaType));
    assert.deepEqual([...soundTypes].sort(), [...seen].sort());
  });
});

test('what was written to a pipe says how long it is by its last frame or page', async () => {
  const source = await encodeWithFfmpeg(stereo, 44_100, [], 'wav');
  for (const args of [
    ['-f', 'flac'],
    ['-c:a', 'libvorbis', '-f', 'ogg'],
    ['-c:a', 'libmp3lame', '-f', 'mp3'],
    ['-c:a', 'aac', '-f', 'adts'],
  ]) {
    const bytes = await ffmpeg('-i', source, ...args, 'pipe:1');
    const { durationSeconds = 0 } = await inspect(bytes);
    assert.ok(Math.abs(durationSeconds - seconds) < 0.06, `${args}: ${durationSeconds}`);
  }
});

test('recordings that follow each other in one Ogg file are added up', async () => {
  const parts = await Promise.all([0, 1].map(() => encodeWithFfmpeg(stereo, 44_100, ['-c:a', 'libvorbis'], 'ogg')));
  const bytes = Buffer.concat(await Promise.all(parts.map((path) => readFile(path))));
  // ffmpeg gives both the same serial number, or not: a second beginning is what counts.
  const { mediaType, durationSeconds = 0 } = await inspect(bytes);
  assert.equal(mediaType, 'audio/x-ogg');
  assert.ok(Math.abs(durationSeconds - 2 * seconds) < exact, `${durationSeconds}`);
});

test('tags in front change nothing, whatever stands in them', async () => {
  const tag = (bytes: number) => {
    const header = Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1');
    for (let at = 0; at < 4; at += 1) header[6 + at] = (bytes >>> (7 * (3 - at))) & 0x7f;
    return Buffer.concat([header, Buffer.alloc(bytes, 'ÿûÿ<script>')]);
  };
  for (const [extension, mediaType] of [
    ['mp3', 'audio/mpeg'],
    ['aac', 'audio/aac'],
    ['flac', 'audio/flac'],
  ] as const) {
    const path = await encodeWithFfmpeg(
      stereo,
      44_100,
      ['-id3v2_version', '0'].slice(extension === 'mp3' ? 0 : 2),
      extension,
    );
    const plain = await readFile(path);
    const tagged = await inspect(Buffer.concat([tag(3_000_000), tag(20), plain]));
    assert.equal(tagged.mediaType, mediaType);
    assert.equal(tagged.durationSeconds, (await inspect(plain)).durationSeconds);
  }
});

test('covers and chapters are no video, a picture that moves is', async () => {
  const sound = await encodeWithFfmpeg(stereo, 44_100, [], 'wav');
  const video = ['-f', 'lavfi', '-i', 'color=red:size=64x64:duration=1:rate=5'];
  for (const [extension, args] of [
    ['mp4', ['-c:a', 'aac', '-c:v', 'mpeg4']],
    ['mov', ['-c:a', 'pcm_s16le', '-c:v', 'mpeg4']],
    ['mkv', ['-c:a', 'flac', '-c:v', 'mpeg4']],
    ['webm', ['-c:a', 'libopus', '-c:v', 'libvpx']],
    ['ogv', ['-c:a', 'libvorbis', '-c:v', 'libtheora']],
  ] as const) {
    const path = audioFile(extension);
    await ffmpeg('-i', sound, ...video, '-shortest', ...args, path);
    await assert.rejects(inspectFile(path, limits), isCode('UNSUPPORTED_MEDIA_TYPE', /video.*sound alone/), extension);
  }
  const silent = audioFile('mp4');
  await ffmpeg(...video, '-c:v', 'mpeg4', silent);
  await assert.rejects(inspectFile(silent, limits), isCode('UNSUPPORTED_MEDIA_TYPE', /This is a video\./));
  const covered = audioFile('m4a');
  const picture = ['-f', 'lavfi', '-i', 'color=red:size=64x64:duration=1:rate=1'];
  await ffmpeg(
    '-i',
    sound,
    ...picture,
    '-map',
    '0:a',
    '-map',
    '1:v',
    '-c:a',
    'aac',
    '-c:v',
    'mjpeg',
    '-disposition:v',
    'attached_pic',
    '-frames:v',
    '1',
    covered,
  );
  assert.equal((await inspectFile(covered, limits)).mediaType, 'audio/mp4');
});

describe('headers that lie are found out', () => {
  const wav = wavBytes(mono, 8_000, 's16');
  const edited = (bytes: Buffer, edit: (copy: Buffer) => void) => {
    const copy = Buffer.from(bytes);
    edit(copy);
    return copy;
  };
  const files: Readonly<Record<string, readonly [bytes: Buffer, why: RegExp]>> = {
    'WAV that promises 4 GB': [
      edited(wav, (copy) => copy.writeUInt32LE(0xffffffff, 40)),
      /promises .* and it holds 3\.21 s/,
    ],
    'WAV cut off': [wav.subarray(0, 20_000), /promises 3\.21 s/],
    'WAV without data': [wav.subarray(0, 36), /no sound data/],
    'WAV of no data': [riff([wav.subarray(12, 36), chunk('data', Buffer.alloc(0))]), /holds no sound/],
    'WAV of rate 0': [edited(wav, (copy) => copy.writeUInt32LE(0, 24)), /says 0 samples a second/],
    'WAV of 65,535 channels': [edited(wav, (copy) => copy.writeUInt16LE(65_535, 22)), /65535 channels; up to 8/],
    'WAV of no channel': [edited(wav, (copy) => copy.writeUInt16LE(0, 22)), /no channel/],
    'WAV whose samples do not fit': [edited(wav, (copy) => copy.writeUInt16LE(24, 34)), /do not fit/],
    'FLAC of 2^35 samples in a kilobyte': [flacOf(2 ** 35), /promises .* s of sound/],
    'FLAC of nothing': [flacOf(0), /last frame cannot be found/],
    'ID3 and nothing': [
      Buffer.concat([Buffer.from('ID3\x04\0\0\x01\0\0\0', 'latin1'), Buffer.alloc(3_000)]),
      /no frame of sound/,
    ],
    'ID3 larger than its file': [Buffer.from('ID3\x04\0\0\x7f\x7f\x7f\x7f', 'latin1'), /no frame of sound/],
    'Ogg whose pages say nothing': [
      Buffer.from(`OggS\0\0${'\0'.repeat(21)}`.repeat(100), 'latin1'),
      /no stream of sound/,
    ],
    'MP4 without a table of contents': [
      Buffer.concat([box('ftyp', Buffer.from('M4A \0\0\0\0')), box('mdat')]),
      /cut off/,
    ],
    'AIFF without a description': [Buffer.from('FORM\0\0\0\x04AIFF'), /does not say/],
    'Matroska of nothing': [Buffer.from('\x1a\x45\xdf\xa3\x80', 'latin1'), /does not say/],
    'CAF of nothing': [Buffer.from('caff\0\x01\0\0desc', 'latin1'), /does not say/],
  };
  for (const [name, [bytes, why]] of Object.entries(files)) {
    test(name, () => assert.rejects(inspect(bytes), isCode('MEDIA_INVALID', why)));
  }

  test('a WAV that is compressed inside is named', async () => {
    const path = await encodeWithFfmpeg(stereo, 44_100, ['-c:a', 'adpcm_ms'], 'wav');
    await assert.rejects(inspectFile(path, limits), isCode('UNSUPPORTED_MEDIA_TYPE', /Microsoft ADPCM.*FLAC/));
  });
});

test('a day of MP3 is too long, three hours are not', async () => {
  // MPEG-2.5, 8 kbit/s, 8 kHz: 72 bytes are 72 ms.
  const frame = Buffer.concat([Buffer.from('ffe318c4', 'hex'), Buffer.alloc(68)]);
  const lasting = (hours: number) => {
    const sizeBytes = (72 * hours * 3_600_000) / 72;
    return inspectMedia(new MemoryFile(frame, { filler: frame, sizeBytes }), sizeBytes, limits);
  };
  assert.ok(Math.abs(((await lasting(3)).durationSeconds ?? 0) - 3 * 3_600) < 0.1);
  await assert.rejects(lasting(24), isCode('DURATION_LIMIT', /24 hours long; at most 4 hours/));
});

describe('sounds of 60 MiB built to keep a parser busy cost little', () => {
  const heads: Readonly<Record<string, { head: Buffer; filler: Buffer }>> = {
    'WAV of empty chunks': { head: Buffer.from('RIFF\0\0\0\0WAVE'), filler: Buffer.from('JUNK\0\0\0\0') },
    'AIFF of empty chunks': { head: Buffer.from('FORM\0\0\0\0AIFF'), filler: Buffer.from('JUNK\0\0\0\0') },
    'MP3 of sync words': { head: Buffer.from('fffb9044', 'hex'), filler: Buffer.from([0xff]) },
    'MP3 of the smallest frames': { head: Buffer.alloc(0), filler: Buffer.from(`ffe318c4${'00'.repeat(20)}`, 'hex') },
    'ID3 without end': { head: Buffer.alloc(0), filler: Buffer.from('ID3\x04\0\0\0\0\0\0', 'latin1') },
    'AAC of the smallest frames': { head: Buffer.alloc(0), filler: Buffer.from('fff15080011ffc00', 'hex') },
    'Ogg of empty pages': { head: Buffer.alloc(0), filler: Buffer.from(`OggS\0\0${'\0'.repeat(21)}`, 'latin1') },
    'Ogg of beginnings': { head: Buffer.alloc(0), filler: oggPage(`\x01vorbis\0\0\0\0\x02\x44\xac${'\0'.repeat(20)}`) },
    'FLAC of sync words': { head: flacOf(0), filler: Buffer.from([0xff, 0xf8]) },
    'MP4 of empty boxes': { head: box('ftyp', Buffer.from('M4A \0\0\0\0')), filler: Buffer.from('\0\0\0\x08free') },
    'Matroska of empty elements': { head: Buffer.from('1a45dfa380', 'hex'), filler: Buffer.from('ec80', 'hex') },
    'CAF of empty chunks': {
      head: Buffer.concat([Buffer.from('caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20', 'latin1'), Buffer.alloc(32)]),
      filler: Buffer.from('free\0\0\0\0\0\0\0\0'),
    },
  };
  const sizeBytes = 60 * mebibyte;
  for (const [name, { head, filler }] of Object.entries(heads)) {
    test(name, async () => {
      const file = new MemoryFile(head, { filler, sizeBytes });
      const startedAt = process.cpuUsage();
      await inspectMedia(file, sizeBytes, limits).catch((error: unknown) =>
        assert.ok(error instanceof AppError, String(error)),
      );
      const { user } = process.cpuUsage(startedAt);
      assert.ok(user < 2_000_000, `${user / 1000} ms`);
      assert.ok(file.bytesRead <= sizeBytes + 17 * mebibyte, `${file.bytesRead} bytes read`);
    });
  }
});

/** STREAMINFO of 44.1 kHz stereo, and nothing behind it but zeros. */
function flacOf(samples: number): Buffer {
  const info = Buffer.alloc(34);
  info.writeUInt16BE(4_096, 0);
  info.writeUInt16BE(4_096, 2);
  info.writeBigUInt64BE((44_100n << 44n) | (1n << 41n) | (15n << 36n) | BigInt(samples), 10);
  return Buffer.concat([Buffer.from('fLaC\x80\0\0\x22', 'latin1'), info, Buffer.alloc(982)]);
}

function oggPage(packet: string): Buffer {
  const head = Buffer.from(`OggS\0\x02${'\0'.repeat(20)}\x01${String.fromCharCode(packet.length)}`, 'latin1');
  return Buffer.concat([head, Buffer.from(packet, 'latin1')]);
}
