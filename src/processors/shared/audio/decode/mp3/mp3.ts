import { MPEGDecoder } from 'mpg123-decoder';
import type { AudioBlock, AudioFormat } from '../../audio-stream.ts';
import type { ByteSource } from '../byte-source.ts';
import { type Decoder, lossyTolerance } from '../decoder.ts';
import { layoutOf } from '../layout.ts';
import { mediaInvalid } from '../media-invalid.ts';
import { createTrim } from '../trim.ts';
import { type MpegFrame, mpegFrames } from './frames.ts';
import { type MpegInfo, readMpegInfo } from './gapless.ts';

/** Bytes that are handed over together. */
const feedBytes = 16_384;

/**
 * MPEG audio, layers I to III. mpg123 gets nothing but whole frames: what is between them, and the delay of encoders, is
 * our affair.
 */
export async function openMp3(source: ByteSource): Promise<Decoder> {
  const opening: MpegFrame | undefined = mpegFrames(source).next().value ?? undefined;
  if (opening === undefined) throw mediaInvalid('The MP3 file holds no sound: its first frame is cut off.');
  const { header } = opening;
  const bytes = source.bytes(opening.position, header.sizeBytes) ?? Buffer.alloc(0);
  const info = header.layer === 3 ? readMpegInfo(bytes, header) : undefined;
  const layer = ['', 'I', 'II', 'III'][header.layer];
  const codedFrames = info?.frames === undefined ? undefined : info.frames * header.frames;
  const format: AudioFormat = {
    container: 'mp3',
    codec: header.layer === 3 ? 'MP3' : `MPEG audio layer ${layer}`,
    sampleRateHz: header.sampleRateHz,
    layout: layoutOf(header.channels),
    ...(codedFrames !== undefined &&
      info !== undefined && { frames: Math.max(0, codedFrames - info.skipFrames - info.paddingFrames) }),
  };
  const decoder = new MPEGDecoder({ enableGapless: false });
  await decoder.ready;
  return {
    format,
    tolerance: lossyTolerance,
    mayOverflow: true,
    pieces: () => decodeFrames(source, decoder, format, info),
    close: () => decoder.free(),
  };
}

function* decodeFrames(
  source: ByteSource,
  decoder: MPEGDecoder,
  format: AudioFormat,
  info: MpegInfo | undefined,
): Generator<AudioBlock> {
  const channelCount = format.layout.length;
  const keepFrames = info?.paddingFrames === 0 ? undefined : format.frames;
  const trim = createTrim(info?.skipFrames ?? 0, keepFrames);
  const pending: Buffer[] = [];
  let pendingBytes = 0;
  let expected = 0;
  let decoded = 0;
  let isFirst = true;

  function feed(): AudioBlock {
    const { channelData, samplesDecoded } = decoder.decode(Buffer.concat(pending));
    pending.length = 0;
    pendingBytes = 0;
    decoded += samplesDecoded;
    return trim({ channels: channelData.slice(0, channelCount), frames: samplesDecoded });
  }

  for (const { header, position } of mpegFrames(source)) {
    const skip = isFirst && info !== undefined;
    isFirst = false;
    if (skip) continue;
    if (header.channels > channelCount) throw mediaInvalid('The MP3 file begins in mono and goes on in stereo.');
    const bytes = source.bytes(position, header.sizeBytes);
    if (bytes === undefined) return;
    pending.push(Buffer.from(bytes));
    pendingBytes += header.sizeBytes;
    expected += header.frames;
    if (pendingBytes >= feedBytes) yield feed();
  }
  if (pendingBytes > 0) yield feed();
  if (decoded < expected * (1 - lossyTolerance) - 2_304) {
    throw mediaInvalid(`The MP3 file is damaged: of ${expected} frames of samples only ${decoded} could be decoded.`);
  }
}
