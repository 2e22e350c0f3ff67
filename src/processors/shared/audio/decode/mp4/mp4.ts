import type { AudioBlock } from '../../audio-stream.ts';
import { type AacConfig, readAudioSpecificConfig } from '../aac/config.ts';
import { decodePackets, inspectFirstPacket } from '../aac/packets.ts';
import { frameLength } from '../aac/window-info.ts';
import type { ByteSource } from '../byte-source.ts';
import { type Decoder, lossyTolerance } from '../decoder.ts';
import { layoutOf } from '../layout.ts';
import { mediaInvalid, needsFfmpeg, placeOf } from '../media-invalid.ts';
import { createTrim } from '../trim.ts';
import { findMp4Box, type Mp4Box, mp4Boxes, tableBytes } from './boxes.ts';
import { type Mp4Gapless, readGapless } from './gapless.ts';
import { readSampleEntry, type SampleEntry } from './sample-entry.ts';
import { readSampleTable, type SampleTable } from './sample-table.ts';

const container = 'MP4';
/** Six channels of AAC at their densest need a tenth. */
const maxPacketBytes = 65_536;
const mpeg4Aac = 0x40;
/** MPEG-2's AAC: main, low complexity, scalable. */
const mpeg2Aac = [0x66, 0x67, 0x68];

/**
 * The first sound track of an MP4 or M4A file, if it is AAC-LC.
 *
 * @see ISO/IEC 14496-12, 14496-14
 */
export async function openMp4(source: ByteSource): Promise<Decoder> {
  const file: Mp4Box = { type: '', start: 0, end: source.sizeBytes };
  const moov = findMp4Box(source, file, 'moov');
  if (moov === undefined)
    throw mediaInvalid('The MP4 file is cut off or was never finished: it has no table of contents.');
  const trak = soundTrack(source, moov);
  const stbl = trak && findMp4Box(source, trak, 'mdia', 'minf', 'stbl');
  const stsd = stbl && findMp4Box(source, stbl, 'stsd');
  if (trak === undefined || stbl === undefined || stsd === undefined)
    throw mediaInvalid('The MP4 file holds no sound: it has no track of it.');
  const config = configOf(readSampleEntry(tableBytes(source, stsd)));
  if (findMp4Box(source, moov, 'mvex') !== undefined) throw needsFfmpeg('sound in fragments', container);
  const table = readSampleTable(source, stbl);
  const timing = {
    sampleRateHz: config.sampleRateHz,
    trackTimescale: timescale(source, trak, 'mdia', 'mdhd'),
    movieTimescale: timescale(source, moov, 'mvhd'),
    codedFrames: table.count * frameLength,
    packetFrames: frameLength,
  };
  const gapless = readGapless(source, moov, trak, timing);
  if (table.count > 0) inspectFirstPacket(packetBytes(source, table, config), config, container);
  return {
    format: {
      container: 'm4a',
      codec: 'AAC',
      sampleRateHz: config.sampleRateHz,
      layout: layoutOf(config.channels),
      frames: gapless.keepFrames,
    },
    tolerance: lossyTolerance,
    mayOverflow: true,
    pieces: () => decodeTrack(source, table, config, gapless),
  };
}

function soundTrack(source: ByteSource, moov: Mp4Box): Mp4Box | undefined {
  for (const box of mp4Boxes(source, moov.start, moov.end)) {
    const handler = box.type === 'trak' ? findMp4Box(source, box, 'mdia', 'hdlr') : undefined;
    if (handler !== undefined && source.bytes(handler.start + 8, 4)?.toString('latin1') === 'soun') return box;
  }
  return undefined;
}

function configOf({ type, objectType, config }: SampleEntry): AacConfig {
  if (type !== 'mp4a') throw needsFfmpeg(`the codec ${JSON.stringify(type)}`, container);
  if (objectType !== undefined && objectType !== mpeg4Aac && !mpeg2Aac.includes(objectType)) {
    throw needsFfmpeg(`MPEG codec 0x${objectType.toString(16)}`, container);
  }
  if (config === undefined) throw mediaInvalid('The MP4 file is damaged: its AAC is not described.');
  return readAudioSpecificConfig(config, container);
}

/** Units a second, of a header box. */
function timescale(source: ByteSource, within: Mp4Box, ...path: readonly string[]): number {
  const box = findMp4Box(source, within, ...path);
  const bytes = box && source.bytes(box.start, 24);
  const units = bytes?.readUInt32BE(bytes[0] === 1 ? 20 : 12) ?? 0;
  if (units === 0) throw mediaInvalid('The MP4 file is damaged: it does not say what its times are counted in.');
  return units;
}

function* packetBytes(source: ByteSource, table: SampleTable, config: AacConfig): Generator<Uint8Array> {
  let read = 0;
  for (const { position, sizeBytes } of table.packets()) {
    const bytes = sizeBytes > maxPacketBytes ? undefined : source.bytes(position, sizeBytes);
    if (bytes === undefined) {
      const place = placeOf(read * frameLength, config.sampleRateHz);
      throw mediaInvalid(
        `The MP4 file is cut off or damaged: at ${place} (minutes:seconds) its sound is not where it should be.`,
      );
    }
    yield bytes;
    read += 1;
  }
}

function* decodeTrack(
  source: ByteSource,
  table: SampleTable,
  config: AacConfig,
  { skipFrames, keepFrames }: Mp4Gapless,
): Generator<AudioBlock> {
  const trim = createTrim(skipFrames, keepFrames);
  for (const piece of decodePackets(packetBytes(source, table, config), config, container)) yield trim(piece);
}
