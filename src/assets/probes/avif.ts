import { boxesIn, findBox } from './iso-boxes.ts';
import type { Probe } from './probe.ts';
import { damaged, imageHeader } from './probe.ts';

/**
 * The largest of the declared image sizes: that of the picture itself, since thumbnails and the tiles of a grid are
 * smaller and its alpha plane is equal.
 *
 * @see ISO/IEC 23008-12, section 6.5.3
 */
export const probeAvif: Probe = async (file) => {
  const properties = await findBox(file, ['meta', 'iprp', 'ipco']);
  let [widthPx, heightPx] = [0, 0];
  if (properties !== undefined) {
    for await (const box of boxesIn(file, properties)) {
      if (box.type !== 'ispe') continue;
      const size = await file.bytes(box.start + 4, 8);
      if (size === undefined) break;
      const [width, height] = [size.readUInt32BE(0), size.readUInt32BE(4)];
      if (width * height > widthPx * heightPx) [widthPx, heightPx] = [width, height];
    }
  }
  if (widthPx === 0) throw damaged('AVIF', 'it declares no image size');
  return imageHeader('AVIF', widthPx, heightPx, 1);
};
