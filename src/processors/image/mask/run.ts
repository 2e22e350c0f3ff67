import { join } from 'node:path';
import sharp from 'sharp';
import type { ProcessorContext, ProcessorOutput, ProcessorRuntime, RuntimeSetup } from '#processors/contract.ts';
import { decodeForModel } from '#processors/shared/image/decode.ts';
import { defaultModel, type maskParams } from '#processors/shared/image/mask-params.ts';
import { readablePicture } from '#processors/shared/image/readable-picture.ts';
import { modelsIn, requireModel } from '#processors/shared/models/model-folder.ts';
import { SessionPool } from '#processors/shared/onnx/session-pool.ts';
import { Segmenter } from './isnet/segmenter.ts';
import { segmentWith } from './onnx-segmenter.ts';
import { firstLook, type Segmentation, segment } from './segment.ts';

const warmUps = 2;

type Context = ProcessorContext<typeof maskParams>;

export function createRuntime(): ProcessorRuntime<typeof maskParams> {
  sharp.concurrency(1);
  sharp.cache(false);
  let sessions: SessionPool | undefined;
  let segmenter: Segmenter | undefined;

  return {
    async warm(setup, params) {
      if (params !== undefined && params.model !== defaultModel) return;
      sessions ??= new SessionPool(setup);
      segmenter = await openWarm(setup, sessions);
    },
    async run(context) {
      sessions ??= new SessionPool(context);
      segmenter ??= context.params.model === defaultModel ? await openWarm(context, sessions) : undefined;
      const output = await findSubject(context, segmentationBy(context, sessions, segmenter));
      for (const { provider, reason } of sessions.takeNotices()) {
        context.log(`the execution provider ${provider} cannot be used`, {
          provider,
          reason,
          used: output.data?.['provider'],
        });
      }
      return [output];
    },
  };
}

type Find = (decode: (sizePx: number) => Promise<Buffer>) => Promise<Segmentation>;

function segmentationBy(context: Context, sessions: SessionPool, segmenter: Segmenter | undefined): Find {
  const { model, quality } = context.params;
  if (model === defaultModel && segmenter !== undefined) return (decode) => segment(segmenter, quality, decode);
  const added = requireModel(modelsIn(context.modelsDir), model, [defaultModel]);
  return (decode) => segmentWith(added, sessions, context, decode);
}

/** The first two runs allocate and choose kernels; they take twice as long as the rest. */
async function openWarm(setup: RuntimeSetup, sessions: SessionPool): Promise<Segmenter> {
  const segmenter = await Segmenter.open(setup, sessions);
  const look = firstLook(segmenter, 'auto');
  const grey = Buffer.alloc(look.sizePx * look.sizePx * 3, 128);
  for (let run = 0; run < warmUps; run++) await segmenter.look(look, grey);
  return segmenter;
}

async function findSubject({ inputs: [input], params, scratchDir }: Context, find: Find): Promise<ProcessorOutput> {
  if (!input) throw new Error('the job came without its input');
  // It may be looked at twice.
  const picture = await readablePicture(input.path);
  const { mask, look, looks, confidence, coverage } = await find((sizePx) => decodeForModel(picture, sizePx, sizePx));
  const { sizePx, provider } = mask;
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
      provider,
      confidence: round(confidence),
      coverage: round(coverage),
    },
  };
}

function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}
