import { checkProfile } from './png-profile.ts';
import type { Probe } from './probe.ts';
import { damaged, imageHeader } from './probe.ts';

/**
 * IHDR, and the frame count that an animated PNG declares before its first image data.
 *
 * @see W3C PNG Specification (Third Edition), sections 5.3, 11.2.1 and 11.3.6
 */
export const probePng: Probe = async (file) => {
  const header = await file.bytes(8, 16);
  if (header?.readUInt32BE(0) !== 13 || header.toString('latin1', 4, 8) !== 'IHDR') {
    throw damaged('PNG', 'it does not start with an image header');
  }
  const widthPx = header.readUInt32BE(8);
  const heightPx = header.readUInt32BE(12);

  let frames = 1;
  for (let offset = 33; ; ) {
    const chunk = await file.bytes(offset, 8);
    if (chunk === undefined) break;
    const type = chunk.toString('latin1', 4, 8);
    if (type === 'IDAT' || type === 'IEND') break;
    const length = chunk.readUInt32BE(0);
    if (type === 'acTL') frames = (await file.bytes(offset + 8, 4))?.readUInt32BE(0) ?? 1;
    if (type === 'iCCP') await checkProfile(file, offset + 8, length);
    offset += 12 + length;
  }
  return imageHeader('PNG', widthPx, heightPx, frames);
};
