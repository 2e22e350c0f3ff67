import type { ByteSource } from '../byte-source.ts';
import { mediaInvalid } from '../media-invalid.ts';
import { findMp4Box, type Mp4Box, tableBytes } from './boxes.ts';

/** Where the packets of a track lie. */
export interface SampleTable {
  readonly count: number;
  packets(): Generator<{ readonly position: number; readonly sizeBytes: number }>;
}

/**
 * @param stbl the track's sample table box
 * @see ISO/IEC 14496-12, section 8.7
 */
export function readSampleTable(source: ByteSource, stbl: Mp4Box): SampleTable {
  const sizes = table(source, stbl, 'stsz', 12);
  const chunkRuns = table(source, stbl, 'stsc', 8);
  const offsets = findMp4Box(source, stbl, 'stco');
  const chunks = offsets === undefined ? table(source, stbl, 'co64', 8) : tableBytes(source, offsets);
  const offsetBytes = offsets === undefined ? 8 : 4;
  const equalSize = sizes.readUInt32BE(4);
  const count = sizes.readUInt32BE(8);
  const chunkCount = rows(chunks, 4, offsetBytes);
  const runCount = rows(chunkRuns, 4, 12);
  if (equalSize === 0 && sizes.length < 12 + count * 4) throw mediaInvalid('The MP4 file is cut off in its tables.');

  function* packets() {
    let sample = 0;
    for (let run = 0; run < runCount; run += 1) {
      const firstChunk = chunkRuns.readUInt32BE(8 + run * 12) - 1;
      const perChunk = chunkRuns.readUInt32BE(12 + run * 12);
      const nextRun = run + 1 < runCount ? chunkRuns.readUInt32BE(8 + (run + 1) * 12) - 1 : chunkCount;
      // Runs that go back or hold nothing would keep us busy for ever.
      if (firstChunk < 0 || nextRun < firstChunk || perChunk === 0) {
        throw mediaInvalid('The MP4 file is damaged: its table stsc contradicts itself.');
      }
      for (let chunk = firstChunk; chunk < Math.min(nextRun, chunkCount); chunk += 1) {
        const at = 8 + chunk * offsetBytes;
        let position = offsetBytes === 8 ? Number(chunks.readBigUInt64BE(at)) : chunks.readUInt32BE(at);
        for (let i = 0; i < perChunk && sample < count; i += 1, sample += 1) {
          const sizeBytes = equalSize === 0 ? sizes.readUInt32BE(12 + sample * 4) : equalSize;
          yield { position, sizeBytes };
          position += sizeBytes;
        }
      }
    }
    if (sample < count)
      throw mediaInvalid(`The MP4 file is damaged: it names places of ${sample} packets of ${count}.`);
  }

  return { count, packets };
}

function table(source: ByteSource, stbl: Mp4Box, type: string, leastBytes: number): Buffer {
  const box = findMp4Box(source, stbl, type);
  const bytes = box === undefined ? undefined : tableBytes(source, box);
  if (bytes === undefined || bytes.length < leastBytes) {
    throw mediaInvalid(`The MP4 file is damaged: its table ${type} is missing or too short.`);
  }
  return bytes;
}

/** As many as the table claims, and as fit into it. */
function rows(bytes: Buffer, countAt: number, rowBytes: number): number {
  const claimed = bytes.readUInt32BE(countAt);
  if (bytes.length < countAt + 4 + claimed * rowBytes) throw mediaInvalid('The MP4 file is cut off in its tables.');
  return claimed;
}
