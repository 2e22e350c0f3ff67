import { Readable } from 'node:stream';
import { mebibyte } from '#kernel/units.ts';
import { synthesise } from './audio/synthesise.ts';
import { chunk, riff, wavBytes } from './audio/wav-bytes.ts';
import { file, type HostileFile } from './corpus.ts';
import { box, uint32LE } from './media-builders.ts';

const damaged = { status: 422, code: 'MEDIA_INVALID' } as const;
const tooLong = { status: 422, code: 'DURATION_LIMIT' } as const;
const wrongType = { status: 415, code: 'UNSUPPORTED_MEDIA_TYPE' } as const;
const jobInvalid = { status: 201, job: 'MEDIA_INVALID' } as const;
const fine = { status: 201, job: 'succeeded' } as const;

/** Recordings that do harm, or say what is not true; numbered like the files of `corpus.ts`. */
export const hostileSounds: readonly HostileFile[] = [
  file(8, 'FLAC that claims 2^35 samples in a kilobyte', 'song.flac', damaged, flacClaiming),
  file(9, 'WAV that claims 4 GiB', 'song.wav', damaged, () => edited((wav) => wav.writeUInt32LE(0xffffffff, 40))),
  file(10, 'MP3 of five hours', 'song.mp3', tooLong, () => mp3Lasting(5)),
  file(10, 'Ogg that claims a day', 'song.ogg', tooLong, oggClaimingADay),
  file(11, 'MP3 whose cover has 61 MiB', 'song.mp3', { status: 413, code: 'UPLOAD_TOO_LARGE' }, hugeCover),
  file(11, 'MP3 whose cover claims 256 MiB', 'song.mp3', damaged, () => Buffer.from('ID3\x04\0\0\x7f\x7f\x7f\x7fAPIC')),
  file(22, 'MP3 without a frame', 'song.mp3', damaged, () =>
    Buffer.concat([Buffer.from('ID3\x04\0\0\0\0\0\x0a'), Buffer.alloc(5_000)]),
  ),
  file(23, 'Ogg of pages that lead nowhere', 'song.ogg', damaged, () =>
    Buffer.concat([oggPage(2, 0n, vorbisHead()), ...Array<Buffer>(20_000).fill(oggPage(1, 0n))]),
  ),
  file(24, 'WAV of 0 Hz', 'song.wav', damaged, () => edited((wav) => wav.writeUInt32LE(0, 24))),
  file(25, 'WAV of 65,535 channels', 'song.wav', damaged, () => edited((wav) => wav.writeUInt16LE(65_535, 22))),
  file(26, 'ASF with a part of no size', 'song.asf', wrongType, () =>
    Buffer.concat([Buffer.from('3026b2758e66cf11a6d900aa0062ce6c', 'hex'), uint32LE(30), Buffer.alloc(35)]),
  ),
  file(27, 'WAV with a sample that is no number', 'song.wav', jobInvalid, () => withSample(Number.NaN)),
  file(27, 'WAV with a sample without end', 'song.wav', jobInvalid, () => withSample(Number.POSITIVE_INFINITY)),
  file(42, 'MP3 with a script for a title', 'song.mp3', fine, () =>
    Buffer.concat([title('<script>alert(1)</script>'), mp3Lasting(0.001)]),
  ),
  file(0, 'MP3 cut off behind its note', 'song.mp3', jobInvalid, cutMp3),
  file(0, 'WAV of ten milliseconds', 'song.wav', fine, () => wavBytes([new Float32Array(441)], 44_100, 's16')),
  file(0, 'WAV of one sample of silence', 'song.wav', fine, () => wavBytes([new Float32Array(1)], 44_100, 's16')),
  file(0, 'WAV of no samples', 'song.wav', damaged, () =>
    riff([chunk('fmt ', plainWav().subarray(20, 36)), chunk('data', Buffer.alloc(0))]),
  ),
  file(0, 'WAV cut off', 'song.wav', damaged, () => plainWav().subarray(0, -2_000)),
  file(0, 'video with sound', 'song.mp4', wrongType, () => movie(['vide', 'soun'])),
  file(0, 'video with sound called .m4a', 'song.m4a', wrongType, () => movie(['soun', 'vide'])),
  file(0, 'MP4 without a table of contents', 'song.m4a', damaged, () => movie([]).subarray(0, 16)),
];

function plainWav(): Buffer {
  return wavBytes(synthesise(8_000, 1, [[{ toneHz: 440, amplitude: 0.5 }]]), 8_000, 's16');
}

function edited(edit: (wav: Buffer) => void): Buffer {
  const wav = plainWav();
  edit(wav);
  return wav;
}

/** Float of 32 bits, with one sample that is another. */
function withSample(value: number): Buffer {
  const tone = synthesise(8_000, 1, [[{ toneHz: 440, amplitude: 0.5 }]]);
  tone[0]?.set([value], 4_000);
  return wavBytes(tone, 8_000, 'f32');
}

/** 44.1 kHz stereo, 16 bits. */
function flacClaiming(): Buffer {
  const info = Buffer.alloc(34);
  info.writeUInt16BE(4_096, 0);
  info.writeUInt16BE(4_096, 2);
  info.writeBigUInt64BE((44_100n << 44n) | (1n << 41n) | (15n << 36n) | (2n ** 35n), 10);
  return Buffer.concat([Buffer.from('fLaC\x80\0\0\x22', 'latin1'), info, Buffer.alloc(982)]);
}

/** Silence in MPEG-2.5 of 8 kbit/s, 8 kHz: a frame of 72 bytes lasts 72 ms. */
export function mp3Lasting(hours: number): Buffer {
  const frame = Buffer.concat([Buffer.from('ffe318c4', 'hex'), Buffer.alloc(68)]);
  return Buffer.alloc(hours * 3_600_000, frame);
}

/** A note of 500 frames in front of ten. */
function cutMp3(): Buffer {
  const frame = Buffer.concat([Buffer.from('fffb9044', 'hex'), Buffer.alloc(413)]);
  const note = Buffer.from(frame);
  note.write('Xing\0\0\0\x01\0\0\x01\xf4', 36, 'latin1');
  return Buffer.concat([note, ...Array<Buffer>(10).fill(frame)]);
}

/** ID3 of version 2.3, with one text. */
function title(text: string): Buffer {
  const head = Buffer.from(`ID3\x03\0\0\0\0\0${String.fromCharCode(text.length + 11)}TIT2\0\0\0`, 'latin1');
  return Buffer.concat([head, Buffer.from([text.length + 1, 0, 0, 0]), Buffer.from(text)]);
}

function hugeCover(): Readable {
  return Readable.from(
    (function* () {
      yield Buffer.from('ID3\x04\0\0\x1d\x20\0\0APIC', 'latin1');
      for (let left = 61 * mebibyte; left > 0; left -= 65_536) yield Buffer.alloc(65_536);
    })(),
  );
}

function oggClaimingADay(): Buffer {
  const positions = [0n, 48_000n, 86_400n * 48_000n];
  return Buffer.concat([oggPage(2, 0n, opusHead()), ...positions.map((position) => oggPage(0, position))]);
}

/** @param flags 1 continues a packet, 2 begins a stream */
function oggPage(flags: number, position: bigint, packet: Buffer = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(packet.length === 0 ? 27 : 28);
  head.write('OggS');
  head.writeUInt8(flags, 5);
  head.writeBigUInt64LE(position, 6);
  if (packet.length > 0) head.set([1, packet.length], 26);
  return Buffer.concat([head, packet]);
}

function opusHead(): Buffer {
  return Buffer.concat([Buffer.from('OpusHead\x01\x02\x38\x01', 'latin1'), uint32LE(48_000), Buffer.alloc(3)]);
}

function vorbisHead(): Buffer {
  return Buffer.concat([Buffer.from('\x01vorbis\0\0\0\0\x02', 'latin1'), uint32LE(44_100), Buffer.alloc(14)]);
}

function movie(handlers: readonly string[]): Buffer {
  const tracks = handlers.map((handler) =>
    box('trak', box('mdia', box('hdlr', Buffer.concat([Buffer.alloc(8), Buffer.from(handler), Buffer.alloc(12)])))),
  );
  return Buffer.concat([box('ftyp', Buffer.from('isom\0\0\0\0')), box('moov', ...tracks)]);
}
