import { join } from 'node:path';
import sharp from 'sharp';
import { AppError } from '#kernel/errors.ts';
import type { ProcessorContext, ProcessorOutput, ProcessorRuntime } from '#processors/contract.ts';
import { judgeMask } from '#processors/shared/image/alpha.ts';
import { decodePicture } from '#processors/shared/image/decode.ts';

export function createRuntime(): ProcessorRuntime {
  sharp.concurrency(1);
  sharp.cache(false);
  return {
    warm: async () => {},
    run: async (context) => [await takeAlpha(context)],
  };
}

async function takeAlpha({ inputs: [input], scratchDir }: ProcessorContext): Promise<ProcessorOutput> {
  if (!input) throw new Error('the job came without its input');
  const { alpha, widthPx, heightPx } = await decodePicture(input.path);
  if (alpha === undefined || alpha.every((value) => value === 255)) {
    const detail =
      'The picture is opaque everywhere, so there is no mask in it. Send one with a transparent background.';
    throw new AppError('MEDIA_INVALID', detail);
  }
  const file = 'mask.png';
  await sharp(alpha, { raw: { width: widthPx, height: heightPx, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 2, adaptiveFiltering: false })
    .toFile(join(scratchDir, file));
  const { confidence, coverage } = judgeMask({ alpha });
  return {
    file,
    mediaType: 'image/png',
    data: { widthPx, heightPx, confidence: round(confidence), coverage: round(coverage) },
  };
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
