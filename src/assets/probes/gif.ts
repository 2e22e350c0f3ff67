import type { FileWindow } from './file-window.ts';
import type { Probe } from './probe.ts';
import { damaged, imageHeader } from './probe.ts';

const block = { extension: 0x21, image: 0x2c } as const;

/**
 * The logical screen, and the images counted by walking over their blocks.
 *
 * @see GIF89a specification, sections 18 to 26
 */
export const probeGif: Probe = async (file, maxFrames) => {
  const screen = await file.bytes(6, 7);
  if (screen === undefined) throw damaged('GIF', 'it ends inside its header');
  let widthPx = screen.readUInt16LE(0);
  let heightPx = screen.readUInt16LE(2);
  let frames = 0;
  let offset: number | undefined = 13 + colorTableBytes(screen.readUInt8(4));

  while (offset !== undefined && frames <= maxFrames) {
    const start = (await file.bytes(offset, 1))?.readUInt8(0);
    if (start === block.extension) {
      offset = await afterSubBlocks(file, offset + 2);
    } else if (start === block.image) {
      const descriptor = await file.bytes(offset + 1, 9);
      if (descriptor === undefined) break;
      frames += 1;
      // Decoders grow the screen to what its images need.
      widthPx = Math.max(widthPx, descriptor.readUInt16LE(0) + descriptor.readUInt16LE(4));
      heightPx = Math.max(heightPx, descriptor.readUInt16LE(2) + descriptor.readUInt16LE(6));
      offset = await afterSubBlocks(file, offset + 11 + colorTableBytes(descriptor.readUInt8(8)));
    } else {
      break;
    }
  }
  return imageHeader('GIF', widthPx, heightPx, frames);
};

function colorTableBytes(packed: number): number {
  return (packed & 0x80) === 0 ? 0 : 3 * 2 ** ((packed & 0x07) + 1);
}

/** The place after a chain of sub-blocks, or undefined when the file ends inside it. */
async function afterSubBlocks(file: FileWindow, start: number): Promise<number | undefined> {
  for (let offset = start; ; ) {
    const chunk = await file.from(offset);
    if (chunk.length === 0) return undefined;
    let at = 0;
    while (at < chunk.length) {
      const length = chunk[at] ?? 0;
      at += 1 + length;
      if (length === 0) return offset + at;
    }
    offset += at;
  }
}
