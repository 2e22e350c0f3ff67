import type { ByteSource } from '../byte-source.ts';
import { type Decoder, lossyTolerance } from '../decoder.ts';
import { beforeTailTags, skipId3 } from '../id3.ts';
import { layoutOf } from '../layout.ts';
import { mediaInvalid, needsFfmpeg } from '../media-invalid.ts';
import { type AacConfig, aacConfig, rateOfIndex } from './config.ts';
import { decodePackets, inspectFirstPacket } from './packets.ts';

interface AdtsHeader {
  readonly objectType: number;
  readonly rateIndex: number;
  readonly channelConfiguration: number;
  readonly headerBytes: number;
  /** Header included. */
  readonly sizeBytes: number;
  readonly extraBlocks: number;
}

const container = 'ADTS';
const maxHeaderBytes = 9;
const maxGarbageBytes = 65_536;

/**
 * AAC as a plain row of frames, each with a header.
 *
 * @see ISO/IEC 14496-3, section 1.A.2.2
 */
export async function openAdts(source: ByteSource): Promise<Decoder> {
  const first = adtsFrames(source).next().value;
  if (first === undefined) throw mediaInvalid('The AAC file holds no sound: no frame of it was found.');
  const config = configOf(first.header);
  inspectFirstPacket(packetsOf(source, first.header), config, container);
  return {
    format: {
      container: 'adts',
      codec: 'AAC',
      sampleRateHz: config.sampleRateHz,
      layout: layoutOf(config.channels),
    },
    tolerance: lossyTolerance,
    mayOverflow: true,
    pieces: () => decodePackets(packetsOf(source, first.header), config, container),
  };
}

function configOf({ objectType, rateIndex, channelConfiguration }: AdtsHeader): AacConfig {
  const sampleRateHz = rateOfIndex(rateIndex);
  if (sampleRateHz === undefined) throw mediaInvalid('The AAC file claims a sample rate that there is none.');
  return aacConfig(objectType, sampleRateHz, channelConfiguration, container);
}

function* packetsOf(source: ByteSource, first: AdtsHeader): Generator<Uint8Array> {
  for (const { position, header } of adtsFrames(source)) {
    if (!isSameKind(header, first))
      throw mediaInvalid(`The AAC file changes its sample rate or channels at byte ${position}.`);
    if (header.extraBlocks > 0) throw needsFfmpeg('AAC with several blocks in a frame', container);
    const bytes = source.bytes(position + header.headerBytes, header.sizeBytes - header.headerBytes);
    if (bytes !== undefined) yield bytes;
  }
}

/** Frames in order; what is between them is jumped over as long as it is little. */
function* adtsFrames(source: ByteSource): Generator<{ readonly position: number; readonly header: AdtsHeader }> {
  const end = beforeTailTags(source);
  let garbageBytes = 0;
  let isSure = false;
  for (let position = skipId3(source, 0); position + maxHeaderBytes <= end; ) {
    const header = readAdtsHeader(source.upTo(position, maxHeaderBytes));
    const next = header === undefined ? 0 : position + header.sizeBytes;
    const isFrame =
      header !== undefined &&
      (next === end || isSure || readAdtsHeader(source.upTo(next, maxHeaderBytes)) !== undefined || next > end);
    if (header !== undefined && isFrame) {
      // The last frame of a file that was cut anywhere: nobody misses it.
      if (next > end) return;
      yield { position, header };
      position = next;
      isSure = true;
      continue;
    }
    isSure = false;
    garbageBytes += 1;
    position += 1;
    if (garbageBytes > maxGarbageBytes) throw mediaInvalid(`The AAC file is damaged before byte ${position}.`);
  }
}

function readAdtsHeader(bytes: Buffer): AdtsHeader | undefined {
  if (bytes.length < 7 || bytes.readUInt8(0) !== 0xff || (bytes.readUInt8(1) & 0xf6) !== 0xf0) return undefined;
  const headerBytes = (bytes.readUInt8(1) & 1) === 1 ? 7 : 9;
  const facts = bytes.readUInt8(2);
  const rateIndex = (facts >> 2) & 15;
  const sizeBytes = (bytes.readUIntBE(3, 3) >> 5) & 0x1fff;
  if (rateIndex > 12 || sizeBytes <= headerBytes) return undefined;
  return {
    objectType: (facts >> 6) + 1,
    rateIndex,
    channelConfiguration: ((facts & 1) << 2) | (bytes.readUInt8(3) >> 6),
    headerBytes,
    sizeBytes,
    extraBlocks: bytes.readUInt8(6) & 3,
  };
}

function isSameKind(a: AdtsHeader, b: AdtsHeader): boolean {
  return (
    a.rateIndex === b.rateIndex && a.channelConfiguration === b.channelConfiguration && a.objectType === b.objectType
  );
}
