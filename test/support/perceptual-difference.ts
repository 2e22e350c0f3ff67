import sharp from 'sharp';

export interface PerceptualDifference {
  /** CIELAB ΔE*ab of all blocks, on average. */
  readonly mean: number;
  /** Of the block that differs most. */
  readonly worst: number;
}

/** An eye at reading distance does not see what is inside so few pixels, and sees every patch of this size. */
const blockPx = 8;

/**
 * How different two pictures of one size look: each is taken as a mosaic of small patches, whose mean colours are compared
 * in CIELAB. Two edges that fall half a pixel beside each other are then nearly the same; a missing shadow is not.
 *
 * @param a and b files, opaque
 * @see CIE 1976 L*a*b*: a ΔE*ab of 2.3 is just noticed (Mahy, van Eycken and Oosterlinck 1994)
 */
export async function perceptualDifference(a: Buffer, b: Buffer): Promise<PerceptualDifference> {
  const [first, second] = await Promise.all([mosaicOf(a), mosaicOf(b)]);
  if (first.length !== second.length) throw new Error('the pictures differ in size');
  let sum = 0;
  let worst = 0;
  for (let at = 0; at < first.length; at += 3) {
    const [l, a, b] = [0, 1, 2].map((channel) => (first[at + channel] ?? 0) - (second[at + channel] ?? 0));
    const difference = Math.hypot(l as number, a as number, b as number);
    sum += difference;
    worst = Math.max(worst, difference);
  }
  return { mean: sum / (first.length / 3), worst };
}

async function mosaicOf(file: Buffer): Promise<Float32Array> {
  const { width, height } = await sharp(file).metadata();
  const { data } = await sharp(file)
    .removeAlpha()
    .toColourspace('lab')
    .raw({ depth: 'float' })
    .toBuffer({ resolveWithObject: true });
  const lab = new Float32Array(data.buffer, data.byteOffset, data.length / 4);
  const [columns, rows] = [Math.ceil(width / blockPx), Math.ceil(height / blockPx)];
  const mosaic = new Float32Array(columns * rows * 3);
  const counts = new Float32Array(columns * rows);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const block = Math.floor(Math.floor(pixel / width) / blockPx) * columns + Math.floor((pixel % width) / blockPx);
    counts[block] = (counts[block] ?? 0) + 1;
    for (let channel = 0; channel < 3; channel++) {
      mosaic[block * 3 + channel] = (mosaic[block * 3 + channel] ?? 0) + (lab[pixel * 3 + channel] ?? 0);
    }
  }
  return mosaic.map((value, index) => value / (counts[Math.floor(index / 3)] ?? 1));
}
