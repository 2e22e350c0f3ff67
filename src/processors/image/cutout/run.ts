import { join } from 'node:path';
import sharp from 'sharp';
import type { ProcessorContext, ProcessorOutput, ProcessorRuntime } from '#processors/contract.ts';
import { alphaFromMask } from '#processors/shared/image/alpha.ts';
import { decodePicture } from '#processors/shared/image/decode.ts';
import { encode } from '#processors/shared/image/encode.ts';
import { compose } from './compose.ts';
import type { cutoutParams } from './params.ts';

export function createRuntime(): ProcessorRuntime<typeof cutoutParams> {
  sharp.concurrency(1);
  sharp.cache(false);
  return {
    warm: async () => {},
    run: async (context) => [await cutOut(context)],
  };
}

async function cutOut(context: ProcessorContext<typeof cutoutParams>): Promise<ProcessorOutput> {
  const { inputs, needed, params, scratchDir, progress } = context;
  const [photo, painted] = inputs;
  const mask = painted ?? needed[0];
  if (!photo || !mask) throw new Error('the job came without its picture or its mask');
  const picture = await decodePicture(photo.path);
  progress(0.3);
  const alpha = await alphaFromMask(mask.path, picture.widthPx, picture.heightPx, picture.alpha);
  const { image, widthPx, heightPx } = compose(picture, alpha, params);
  progress(0.6);
  const file = `cutout.${params.format}`;
  await encode(image, params.format, params.compression).toFile(join(scratchDir, file));
  return {
    file,
    mediaType: `image/${params.format}`,
    data: { widthPx, heightPx, ...(painted === undefined ? needed[0]?.data : { model: 'painted' }) },
  };
}
