import { inspectFile } from '#assets/inspect-media.ts';
import { AppError } from '#kernel/errors.ts';
import { kibibyte } from '#kernel/units.ts';
import type { MediaInfo } from '#processors/contract.ts';
import { badAnswer } from './http.ts';

type Size = Pick<MediaInfo, 'widthPx' | 'heightPx'>;

/** Types that can be transparent and that every provider uses. */
const answerTypes = ['image/png', 'image/webp'];
/** Rounding, where a provider works at another size and back. */
const tolerancePx = 2;
/** A mask smaller than this, of a picture that is larger, is no mask. */
const smallestSidePx = 128;

/** A cut-out is at most as large as its picture uncompressed: colours, opacity, and what a container adds. */
export function maxAnswerBytes({ widthPx = 0, heightPx = 0 }: Size): number {
  return Math.ceil(widthPx * heightPx * 4 * 1.01) + 512 * kibibyte;
}

/**
 * Holds a file that came from outside against the picture that was sent, by its header alone: this process decodes
 * nothing. Whether it is transparent, and whole, is for the sandbox to find.
 *
 * @throws AppError PROVIDER_BAD_ANSWER
 */
export async function checkAnswer(provider: string, path: string, sent: Size): Promise<MediaInfo> {
  const maxPixels = ((sent.widthPx ?? 0) + tolerancePx) * ((sent.heightPx ?? 0) + tolerancePx);
  const answer = await inspectFile(path, { maxPixels, maxFrames: 1, maxDurationSeconds: 0 }).catch((cause: unknown) => {
    if (cause instanceof AppError) throw badAnswer(provider, reasons[cause.code] ?? 'it is no picture', cause);
    throw cause;
  });
  if (!answerTypes.includes(answer.mediaType)) {
    throw badAnswer(provider, `it is ${answer.mediaType}, which is not what cut-outs come as`);
  }
  if (!fits(answer, sent)) {
    throw badAnswer(provider, `it has ${answer.widthPx} × ${answer.heightPx} pixels, which is another shape`);
  }
  return answer;
}

const reasons: Readonly<Record<string, string>> = {
  EMPTY_FILE: 'it is empty',
  MEDIA_INVALID: 'it is damaged',
  PIXEL_LIMIT: 'it is larger than the picture',
  FRAME_LIMIT: 'it is an animation',
};

function fits({ widthPx: width = 0, heightPx: height = 0 }: Size, { widthPx = 0, heightPx = 0 }: Size): boolean {
  if (Math.max(width, height) < Math.min(smallestSidePx, Math.max(widthPx, heightPx))) return false;
  return (
    Math.abs((width * heightPx) / widthPx - height) <= tolerancePx ||
    Math.abs((height * widthPx) / heightPx - width) <= tolerancePx
  );
}
