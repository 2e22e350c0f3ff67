import sharp, { type Sharp } from 'sharp';

/** Blurring wider than this is done on a smaller picture: the result has no detail that would miss the rest. */
const finestSigmaPx = 3;

/** One plane of opacity, blurred, with room around it for what spreads. */
export interface Plane {
  readonly widthPx: number;
  readonly heightPx: number;
  readonly alpha: Buffer;
}

/** @param padPx room on each side of the result @param sigmaPx of a Gaussian */
export async function softened({ widthPx, heightPx, alpha }: Plane, padPx: number, sigmaPx: number): Promise<Plane> {
  const width = widthPx + 2 * padPx;
  const height = heightPx + 2 * padPx;
  const raw = { width: widthPx, height: heightPx, channels: 1 } as const;
  const padded = await grey(
    sharp(alpha, { raw }).extend({ top: padPx, bottom: padPx, left: padPx, right: padPx, background: '#000' }),
  );
  if (sigmaPx < 0.3) return { widthPx: width, heightPx: height, alpha: padded };
  const factor = Math.max(1, Math.floor(sigmaPx / finestSigmaPx));
  const small = { width: Math.ceil(width / factor), height: Math.ceil(height / factor) };
  const whole = { width, height, channels: 1 } as const;
  const blurred = await grey(
    sharp(padded, { raw: whole })
      .resize(small.width, small.height, { fit: 'fill', kernel: 'linear' })
      .blur(sigmaPx / factor),
  );
  if (factor === 1) return { widthPx: width, heightPx: height, alpha: blurred };
  const large = sharp(blurred, { raw: { ...small, channels: 1 } }).resize(width, height, {
    fit: 'fill',
    kernel: 'linear',
  });
  return { widthPx: width, heightPx: height, alpha: await grey(large) };
}

async function grey(image: Sharp): Promise<Buffer> {
  return await image.toColourspace('b-w').raw({ depth: 'uchar' }).toBuffer();
}
