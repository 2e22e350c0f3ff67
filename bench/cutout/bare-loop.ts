import { availableParallelism } from 'node:os';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { alphaName, pixelsName } from '#processors/image/mask/isnet/float-graph.ts';
import { floatFile } from '#processors/image/mask/isnet/isnet-model.ts';
import { ensureModelFile } from '#processors/shared/model-store.ts';
import { serveTurns } from './loop.ts';

/** Nothing but the network, on the graph that `best` runs: no decoding, no composing, no encoding. */
const sizePx = 1024;
const [modelsDir = ''] = process.argv.slice(2);
const session = await InferenceSession.create(await ensureModelFile(modelsDir, floatFile), {
  intraOpNumThreads: availableParallelism(),
  interOpNumThreads: 1,
});

serveTurns(
  async (file) => await sharp(file).resize(sizePx, sizePx, { fit: 'fill' }).raw().toBuffer(),
  (pixels) => session.run({ [pixelsName]: new Tensor('uint8', pixels, [1, sizePx, sizePx, 3]) }, [alphaName]),
);
