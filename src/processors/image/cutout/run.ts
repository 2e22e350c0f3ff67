import { join } from 'node:path';
import sharp from 'sharp';
import type { ProcessorContext, ProcessorOutput, ProcessorRuntime, RuntimeSetup } from '#processors/contract.ts';
import { alphaAtFullSize } from './alpha.ts';
import { compose, encode } from './compose.ts';
import { decodeForModel, decodePicture } from './decode.ts';
import { Segmenter } from './isnet/segmenter.ts';
import type { cutoutParams } from './params.ts';
import { firstLook, segment } from './segment.ts';

const warmUps = 2;

export function createRuntime(): ProcessorRuntime<typeof cutoutParams> {
  // Pixels are decoded while the network looks: one thread for each picture, none kept warm in a cache.
  sharp.concurrency(1);
  sharp.cache(false);
  let segmenter: Segmenter | undefined;

  return {
    async warm(setup) {
      segmenter = await openWarm(setup);
    },
    async run(context) {
      segmenter ??= await openWarm(context);
      return [await cutOut(segmenter, context)];
    },
  };
}

/** The first two runs allocate and choose kernels; they take twice as long as the rest. */
async function openWarm(setup: RuntimeSetup): Promise<Segmenter> {
  const segmenter = await Segmenter.open(setup);
  const look = firstLook(segmenter, 'auto');
  const grey = Buffer.alloc(look.sizePx * look.sizePx * 3, 128);
  for (let run = 0; run < warmUps; run++) await segmenter.look(look, grey);
  return segmenter;
}

async function cutOut(
  segmenter: Segmenter,
  { inputs: [input], params, scratchDir, progress }: ProcessorContext<typeof cutoutParams>,
): Promise<ProcessorOutput> {
  if (!input) throw new Error('the job came without its input');
  // Decoded in full beside the look: libvips works in its own threads while the network has this one.
  const decoding = decodePicture(input.path);
  decoding.catch(() => {});
  const { mask, look, looks, confidence, coverage } = await segment(segmenter, params.quality, (sizePx) =>
    decodeForModel(input.path, sizePx, sizePx),
  );
  progress(0.8);
  const picture = await decoding;
  const alpha = await alphaAtFullSize(mask, picture.widthPx, picture.heightPx, picture.alpha);
  const { image, widthPx, heightPx } = compose(picture, alpha, params);
  progress(0.9);
  const file = `cutout.${params.format}`;
  await encode(image, params).toFile(join(scratchDir, file));
  return {
    file,
    mediaType: `image/${params.format}`,
    data: {
      widthPx,
      heightPx,
      model: params.model,
      quality: params.quality,
      precision: look.precision,
      sizePx: look.sizePx,
      looks,
      confidence: round(confidence),
      coverage: round(coverage),
    },
  };
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
