import { join } from 'node:path';
import sharp from 'sharp';
import type { ProcessorContext, ProcessorOutput, ProcessorRuntime, RuntimeSetup } from '#processors/contract.ts';
import { decodeForModel } from '#processors/shared/image/decode.ts';
import type { maskParams } from '#processors/shared/image/mask-params.ts';
import { readablePicture } from '#processors/shared/image/readable-picture.ts';
import { Segmenter } from './isnet/segmenter.ts';
import { firstLook, segment } from './segment.ts';

const warmUps = 2;

export function createRuntime(): ProcessorRuntime<typeof maskParams> {
  sharp.concurrency(1);
  sharp.cache(false);
  let segmenter: Segmenter | undefined;

  return {
    async warm(setup) {
      segmenter = await openWarm(setup);
    },
    async run(context) {
      segmenter ??= await openWarm(context);
      return [await findSubject(segmenter, context)];
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

async function findSubject(
  segmenter: Segmenter,
  { inputs: [input], params, scratchDir }: ProcessorContext<typeof maskParams>,
): Promise<ProcessorOutput> {
  if (!input) throw new Error('the job came without its input');
  // It may be looked at twice.
  const picture = await readablePicture(input.path);
  const { mask, look, looks, confidence, coverage } = await segment(segmenter, params.quality, (sizePx) =>
    decodeForModel(picture, sizePx, sizePx),
  );
  const { sizePx } = mask;
  const file = 'mask.png';
  // Read soon and once or twice: quick to write matters more than small.
  await sharp(mask.alpha, { raw: { width: sizePx, height: sizePx, channels: 1 } })
    .toColourspace('b-w')
    .png({ compressionLevel: 2, adaptiveFiltering: false })
    .toFile(join(scratchDir, file));
  return {
    file,
    mediaType: 'image/png',
    data: {
      model: params.model,
      quality: params.quality,
      precision: look.precision,
      sizePx,
      looks,
      confidence: round(confidence),
      coverage: round(coverage),
    },
  };
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
