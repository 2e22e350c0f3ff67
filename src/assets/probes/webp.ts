import type { FileWindow } from './file-window.ts';
import type { Probe } from './probe.ts';
import { damaged, imageHeader } from './probe.ts';

/**
 * The size from the first chunk (lossy, lossless or extended), and the frames of an animation counted by its chunks.
 *
 * @see RFC 9649, sections 2.5 to 2.7 and 3.4; RFC 6386, section 9.1
 */
export const probeWebp: Probe = async (file, maxFrames) => {
  const chunk = await file.upTo(12, 18);
  switch (chunk.length < 13 ? '' : chunk.toString('latin1', 0, 4)) {
    case 'VP8 ': {
      if (chunk.length < 18) break;
      const isKeyFrame = chunk.readUIntBE(11, 3) === 0x9d012a && (chunk.readUInt8(8) & 1) === 0;
      if (!isKeyFrame) break;
      return imageHeader('WebP', chunk.readUInt16LE(14) & 0x3fff, chunk.readUInt16LE(16) & 0x3fff, 1);
    }
    case 'VP8L': {
      if (chunk.readUInt8(8) !== 0x2f) break;
      const sides = chunk.readUInt32LE(9);
      return imageHeader('WebP', (sides & 0x3fff) + 1, ((sides >>> 14) & 0x3fff) + 1, 1);
    }
    case 'VP8X': {
      if (chunk.length < 18) break;
      const isAnimated = (chunk.readUInt8(8) & 0x02) !== 0;
      const widthPx = chunk.readUIntLE(12, 3) + 1;
      const heightPx = chunk.readUIntLE(15, 3) + 1;
      return imageHeader('WebP', widthPx, heightPx, isAnimated ? await countFrames(file, maxFrames) : 1);
    }
  }
  throw damaged('WebP', 'it has no usable image header');
};

async function countFrames(file: FileWindow, maxFrames: number): Promise<number> {
  let frames = 0;
  for (let offset = 12; frames <= maxFrames; ) {
    const chunk = await file.bytes(offset, 8);
    if (chunk === undefined) break;
    if (chunk.toString('latin1', 0, 4) === 'ANMF') frames += 1;
    const length = chunk.readUInt32LE(4);
    offset += 8 + length + (length % 2);
  }
  return frames;
}
