import { aacSampleRatesHz, highestDoubledRateHz } from './adts-frame.ts';
import type { FileWindow } from './file-window.ts';
import { type Box, boxesIn } from './iso-boxes.ts';

const tag = { elementary: 3, decoderConfig: 4, decoderSpecific: 5 } as const;
const lowComplexity = 2;
const mpeg4Audio = 0x40;

/**
 * Whether a sample description `mp4a` is of AAC-LC as our own decoder reads it, and cannot be HE-AAC. Where the older half of HE-AAC is all that is
 * declared, only its low rate gives it away.
 *
 * @see ISO/IEC 14496-1, section 7.2.6; ISO/IEC 14496-3, section 1.6
 */
export async function isPlainAac(file: FileWindow, description: Box): Promise<boolean> {
  const config = await audioConfig(file, description);
  if (config === undefined || config.length < 2) return false;
  const bits = config.readUInt16BE(0);
  const [objectType, rateIndex, channels] = [bits >>> 11, (bits >>> 7) & 15, (bits >>> 3) & 15];
  const isShort = ((bits >>> 2) & 1) === 1;
  const sampleRateHz = aacSampleRatesHz[rateIndex] ?? 0;
  // Behind the configuration proper may stand what makes it HE-AAC for those who know: sync word 0x2B7.
  const extended = config.length >= 4 && config.readUInt16BE(2) >>> 5 === 0x2b7 && isSbr(config.subarray(2));
  const isUsual = objectType === lowComplexity && channels >= 1 && channels <= 6 && !isShort;
  return isUsual && sampleRateHz > highestDoubledRateHz && !extended;
}

/** After the eleven bits of the sync word: five of the object type (5: SBR), one that says that it is there. */
function isSbr(extension: Buffer): boolean {
  const bits = extension.length >= 3 ? extension.readUIntBE(0, 3) : 0;
  return ((bits >>> 8) & 31) === 5 && ((bits >>> 7) & 1) === 1;
}

async function audioConfig(file: FileWindow, description: Box): Promise<Buffer | undefined> {
  const head = await file.bytes(description.start, 28);
  // QuickTime's description of version 1 is longer; its esds lies in a box called wave.
  const start = description.start + 28 + (head?.readUInt16BE(8) === 1 ? 16 : 0);
  for await (const box of boxesIn(file, { ...description, start })) {
    if (box.type === 'esds') return await readEsds(file, box);
    if (box.type !== 'wave') continue;
    for await (const inner of boxesIn(file, box)) if (inner.type === 'esds') return await readEsds(file, inner);
  }
  return undefined;
}

async function readEsds(file: FileWindow, { start, end }: Box): Promise<Buffer | undefined> {
  const bytes = await file.upTo(start + 4, Math.min(end - start - 4, 512));
  for (let at = 0; at + 2 < bytes.length; ) {
    const kind = bytes[at];
    let size = 0;
    do {
      at += 1;
      size = size * 128 + ((bytes[at] ?? 0) & 0x7f);
    } while (((bytes[at] ?? 0) & 0x80) !== 0);
    at += 1;
    if (kind === tag.elementary) at += 3;
    else if (kind === tag.decoderConfig) {
      if (bytes[at] !== mpeg4Audio) return undefined;
      at += 13;
    } else if (kind === tag.decoderSpecific) return bytes.subarray(at, at + size);
    else at += size;
  }
  return undefined;
}
