import { type FileWindow, tooScattered } from './file-window.ts';

const chunkBytes = 16_384;
/** No codec packs sound so densely that its parts are smaller on average; some may be. */
const leastPartBytes = 16;
const spareParts = 100_000;

/**
 * Looks at one place of a file.
 *
 * @param bytes from that place on: `lookBytes` at least, fewer only at the end of the file
 * @param position of the place in the file
 * @returns how far the next place is; 0 ends the walk
 */
export type Step = (bytes: Buffer, position: number) => number;

/**
 * Goes through a file from part to part, always forwards: one read for each chunk, however many parts are in it.
 *
 * @param lookBytes that a step has to see, up to 1 KiB
 * @throws AppError MEDIA_INVALID when its parts are too many
 */
export async function walk(file: FileWindow, start: number, lookBytes: number, step: Step): Promise<void> {
  let partsLeft = spareParts + file.sizeBytes / leastPartBytes;
  for (let position = start; position < file.sizeBytes; ) {
    const chunk = await file.upTo(position, chunkBytes);
    if (chunk.length === 0) return;
    const isLast = position + chunk.length >= file.sizeBytes;
    let at = 0;
    while (at < chunk.length && (isLast || at + lookBytes <= chunk.length)) {
      const forward = step(chunk.subarray(at), position + at);
      if (forward <= 0) return;
      at += forward;
      partsLeft -= 1;
      if (partsLeft < 0) throw tooScattered();
    }
    position += at;
  }
}

export interface Frame {
  readonly sizeBytes: number;
  readonly samples: number;
}

/**
 * Adds up the frames of a stream that has no table of contents. What lies between them, such as tags, is passed over.
 *
 * @param lookBytes the size of a frame's header
 * @param frameOf the frame that begins here, if one does; the first byte is 0xFF already
 */
export async function sumFrames(
  file: FileWindow,
  start: number,
  lookBytes: number,
  frameOf: (bytes: Buffer, position: number) => Frame | undefined,
): Promise<number> {
  let samples = 0;
  await walk(file, start, lookBytes, (bytes, position) => {
    const frame = bytes[0] === 0xff ? frameOf(bytes, position) : undefined;
    // A frame that ends after the file is one that was cut off.
    if (frame === undefined || position + frame.sizeBytes > file.sizeBytes) {
      const next = bytes.indexOf(0xff, 1);
      return next === -1 ? bytes.length : next;
    }
    samples += frame.samples;
    return frame.sizeBytes;
  });
  return samples;
}
