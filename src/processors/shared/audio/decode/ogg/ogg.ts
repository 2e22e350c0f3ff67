import { FLACDecoder } from '@wasm-audio-decoders/flac';
import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import { OggOpusDecoder } from 'ogg-opus-decoder';
import type { AudioBlock, AudioFormat } from '../../audio-stream.ts';
import type { ByteSource } from '../byte-source.ts';
import { type Decoder, maxChannels } from '../decoder.ts';
import { rescaleExactly } from '../flac/exact.ts';
import { readStreamInfo, streamInfoBytes } from '../flac/stream-info.ts';
import { fromVorbisOrder, layoutOf } from '../layout.ts';
import { mediaInvalid, needsFfmpeg } from '../media-invalid.ts';
import { requirePlausible } from '../pcm/wav.ts';
import { createTrim } from '../trim.ts';
import { lastGranule, type OggPage, oggPages } from './pages.ts';

/** What the three libraries have in common. */
interface PageDecoder {
  readonly ready: Promise<void>;
  decode(pages: Uint8Array): PageSamples | Promise<PageSamples>;
  flush(): Promise<PageSamples>;
  free(): void;
}

interface PageSamples {
  readonly channelData: readonly Float32Array[];
  readonly samplesDecoded: number;
  readonly errors: readonly { readonly message: string }[];
}

interface OggStream {
  readonly serial: number;
  readonly format: AudioFormat;
  /** Index of the file's channel for each of ours. */
  readonly order: readonly number[];
  /** What all samples are multiplied by. */
  readonly gain: number;
  createDecoder(): PageDecoder;
}

/** Headers of all streams come first; a file with more of them is not a recording. */
const maxStreams = 64;
/** Bytes of pages that are handed over together. */
const feedBytes = 16_384;

/**
 * The first sound in an Ogg file: Vorbis, Opus or FLAC. We look at every page's checksum and number, so that nothing that
 * is missing goes unnoticed; the libraries take the pages apart and cut off what encoders added.
 */
export async function openOgg(source: ByteSource): Promise<Decoder> {
  const stream = findStream(source);
  // Pages are held together one by one; the last page's position counts from where a broadcast began.
  return { format: stream.format, tolerance: 1, mayOverflow: true, pieces: () => decodePages(source, stream) };
}

function findStream(source: ByteSource): OggStream {
  let others: string | undefined;
  let count = 0;
  for (const page of oggPages(source)) {
    count += 1;
    if (!page.isFirst || count > maxStreams) break;
    const stream = readIdentification(page);
    if (stream !== undefined) return withPromise(source, stream);
    others ??= page.bytes.toString('latin1', page.bodyStart, page.bodyStart + 8).replaceAll(/[^\w]/g, '');
  }
  if (others === undefined) throw mediaInvalid('The file is not an Ogg file: it does not begin as one.');
  throw needsFfmpeg(`the codec ${JSON.stringify(others)}`, 'Ogg');
}

/** The file's last page says how many frames there were until then. */
function withPromise(source: ByteSource, stream: OggStream & { readonly preSkip?: number }): OggStream {
  const last = stream.format.frames ?? lastGranule(source, stream.serial);
  if (last === undefined) return stream;
  const frames = last - (stream.preSkip ?? 0);
  return frames > 0 ? { ...stream, format: { ...stream.format, frames } } : stream;
}

function readIdentification(page: OggPage): (OggStream & { readonly preSkip?: number }) | undefined {
  const packet = page.bytes.subarray(page.bodyStart);
  const { serial } = page;
  if (packet.toString('latin1', 0, 7) === '\x01vorbis' && packet.length >= 30) {
    const channels = packet.readUInt8(11);
    const sampleRateHz = packet.readUInt32LE(12);
    requirePlausible('Ogg', channels, sampleRateHz);
    const format = { container: 'ogg', codec: 'Vorbis', sampleRateHz, layout: layoutOf(channels) };
    const order = fromVorbisOrder(channels);
    return { serial, format, order, gain: 1, createDecoder: () => new OggVorbisDecoder() };
  }
  if (packet.toString('latin1', 0, 8) === 'OpusHead' && packet.length >= 19) return readOpusHead(packet, serial);
  if (packet.toString('latin1', 0, 5) === '\x7fFLAC' && packet.length >= 17 + streamInfoBytes) {
    const format = readStreamInfo(packet.subarray(17, 17 + streamInfoBytes), 'ogg');
    const order = format.layout.map((_, i) => i);
    return { serial, format, order, gain: 1, createDecoder: () => new FLACDecoder() };
  }
  return undefined;
}

/** @see RFC 7845, section 5.1 */
function readOpusHead(packet: Buffer, serial: number): OggStream & { readonly preSkip: number } {
  const channels = packet.readUInt8(9);
  const family = packet.readUInt8(18);
  if (family > 1) throw needsFfmpeg(`Opus with channel mapping ${family}`, 'Ogg');
  if (channels < 1 || channels > maxChannels) throw mediaInvalid(`The Ogg file claims ${channels} channels.`);
  return {
    serial,
    format: { container: 'ogg', codec: 'Opus', sampleRateHz: 48_000, layout: layoutOf(channels) },
    order: fromVorbisOrder(channels),
    // Decibels, in 256ths; the library leaves it to us.
    gain: 10 ** (packet.readInt16LE(16) / 256 / 20),
    preSkip: packet.readUInt16LE(10),
    createDecoder: () => new OggOpusDecoder(),
  };
}

async function* decodePages(source: ByteSource, stream: OggStream): AsyncGenerator<AudioBlock> {
  // The libraries trim by themselves, but not where the first page is the last.
  const trim = createTrim(0, stream.format.frames);
  const decoder = stream.createDecoder();
  await decoder.ready;
  try {
    const pending: Buffer[] = [];
    let pendingBytes = 0;
    let hasEnded = false;
    for (const page of oggPages(source)) {
      if (page.isFirst && hasEnded) throw needsFfmpeg('several recordings in a chain', 'Ogg');
      if (page.serial !== stream.serial) continue;
      pending.push(Buffer.from(page.bytes));
      pendingBytes += page.bytes.length;
      hasEnded = page.isLast;
      if (pendingBytes < feedBytes) continue;
      yield trim(toBlock(await decoder.decode(Buffer.concat(pending)), stream));
      pending.length = 0;
      pendingBytes = 0;
    }
    if (!hasEnded) throw mediaInvalid('The Ogg file is cut off: it has no last page.');
    if (pendingBytes > 0) yield trim(toBlock(await decoder.decode(Buffer.concat(pending)), stream));
    yield trim(toBlock(await decoder.flush(), stream));
  } finally {
    decoder.free();
  }
}

function toBlock({ channelData, samplesDecoded, errors }: PageSamples, stream: OggStream): AudioBlock {
  const [error] = errors;
  if (error !== undefined) throw mediaInvalid(`The Ogg file is damaged: its ${stream.format.codec} cannot be decoded.`);
  const channels = stream.order.map((from) => channelData[from] ?? new Float32Array(0));
  if (stream.format.bitsPerSample !== undefined) rescaleExactly(channels, stream.format.bitsPerSample);
  if (stream.gain !== 1) {
    for (const channel of channels)
      for (let i = 0; i < channel.length; i += 1) channel[i] = (channel[i] ?? 0) * stream.gain;
  }
  return { channels, frames: samplesDecoded };
}
