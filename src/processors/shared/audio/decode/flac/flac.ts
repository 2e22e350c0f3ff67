import { FLACDecoder } from '@wasm-audio-decoders/flac';
import type { AudioBlock, AudioFormat } from '../../audio-stream.ts';
import type { ByteSource } from '../byte-source.ts';
import type { Decoder } from '../decoder.ts';
import { skipId3 } from '../id3.ts';
import { mediaInvalid, placeOf } from '../media-invalid.ts';
import { rescaleExactly } from './exact.ts';
import { type FlacFrameHeader, maxHeaderBytes, readFrameHeader } from './frame-header.ts';
import { readStreamInfo, streamInfoBytes } from './stream-info.ts';

const maxMetadataBlocks = 1_024;
const usualFrameBytes = 65_536;
/** 65,535 samples of 8 channels of 32 bits, and what is around them. */
const maxFrameBytes = 65_535 * 8 * 4 + 1_024;

/**
 * FLAC. We find where frames begin and end, and hold their numbers together: a frame that is missing is noticed. libFLAC
 * checks the checksum of each and unpacks it.
 */
export async function openFlac(source: ByteSource): Promise<Decoder> {
  const { format, position } = readMetadata(source);
  const decoder = new FLACDecoder();
  await decoder.ready;
  return {
    format,
    tolerance: 0,
    pieces: () => decodeFrames(source, decoder, format, position),
    close: () => decoder.free(),
  };
}

function readMetadata(source: ByteSource): { readonly format: AudioFormat; readonly position: number } {
  let position = skipId3(source, 0);
  if (source.bytes(position, 4)?.toString('latin1') !== 'fLaC') {
    throw mediaInvalid('The file is not a FLAC file: it does not begin as one.');
  }
  position += 4;
  let format: AudioFormat | undefined;
  for (let count = 0; count < maxMetadataBlocks; count += 1) {
    const header = source.bytes(position, 4)?.readUInt32BE(0);
    if (header === undefined) break;
    const type = (header >>> 24) & 0x7f;
    const isLast = header >>> 31 === 1;
    if (count === 0) {
      const facts = type === 0 ? source.bytes(position + 4, streamInfoBytes) : undefined;
      if (facts === undefined) throw mediaInvalid('The FLAC file is damaged: it does not begin with its facts.');
      format = readStreamInfo(facts, 'flac');
    }
    position += 4 + (header & 0xff_ffff);
    if (isLast && format !== undefined) return { format, position };
  }
  throw mediaInvalid('The FLAC file is cut off in its header.');
}

async function* decodeFrames(
  source: ByteSource,
  decoder: FLACDecoder,
  format: AudioFormat,
  start: number,
): AsyncGenerator<AudioBlock> {
  const end = source.sizeBytes;
  let position = start;
  let decoded = 0;
  let header = readFrameHeader(source.upTo(position, maxHeaderBytes), 0);
  if (header === undefined && position < end) throw damaged(format, 0, position);
  while (header !== undefined) {
    const next = findNext(source, position, header);
    // What follows the last frame may be a tag.
    if (next === undefined && end - position > maxFrameBytes) throw damaged(format, decoded, position);
    const frameBytes = (next?.position ?? end) - position;
    const piece = await decodeFrame(decoder, source.upTo(position, frameBytes));
    if (piece === undefined || piece.frames !== header.frames || piece.channels.length !== format.layout.length) {
      throw damaged(format, decoded, position);
    }
    rescaleExactly(piece.channels, format.bitsPerSample ?? 16);
    yield piece;
    decoded += piece.frames;
    position += frameBytes;
    header = next?.header;
  }
  if (format.frames !== undefined && decoded > format.frames) {
    throw mediaInvalid(
      `The FLAC file is damaged: its header promises ${format.frames} frames, but it holds ${decoded} of them.`,
    );
  }
}

function damaged(format: AudioFormat, frame: number, position: number) {
  return mediaInvalid(
    `The FLAC file is damaged or cut off after ${placeOf(frame, format.sampleRateHz)} (minutes:seconds), at byte ` +
      `${position}.`,
  );
}

/** Where the frame after this one begins: a header with a right checksum and the number that comes next. */
function findNext(
  source: ByteSource,
  position: number,
  current: FlacFrameHeader,
): { readonly position: number; readonly header: FlacFrameHeader } | undefined {
  const expected = current.number + (current.variable ? current.frames : 1);
  let from = maxHeaderBytes / 2;
  for (let length = usualFrameBytes; ; length *= 4) {
    const bytes = source.upTo(position, Math.min(length, maxFrameBytes));
    for (;;) {
      const at = bytes.indexOf(0xff, from);
      if (at < 0 || at + maxHeaderBytes > bytes.length) {
        // The header of a last, tiny frame may be all that is left.
        const header = at < 0 ? undefined : readFrameHeader(bytes, at);
        if (isNext(header)) return { position: position + at, header };
        if (at < 0) {
          from = bytes.length;
          break;
        }
        if (bytes.length < Math.min(length, maxFrameBytes)) {
          from = at + 1;
          continue;
        }
        from = at;
        break;
      }
      const header = readFrameHeader(bytes, at);
      if (isNext(header)) return { position: position + at, header };
      from = at + 1;
    }
    if (length >= maxFrameBytes || position + length >= source.sizeBytes) return undefined;
  }

  function isNext(header: FlacFrameHeader | undefined): header is FlacFrameHeader {
    return (
      header !== undefined &&
      header.number === expected &&
      header.variable === current.variable &&
      header.channels === current.channels
    );
  }
}

async function decodeFrame(decoder: FLACDecoder, bytes: Buffer): Promise<AudioBlock | undefined> {
  const { channelData, samplesDecoded, errors } = await decoder.decodeFrames([bytes]);
  return errors.length > 0 ? undefined : { channels: channelData, frames: samplesDecoded };
}
