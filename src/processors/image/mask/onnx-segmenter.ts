import { join } from 'node:path';
import { Tensor } from 'onnxruntime-node';
import { AppError } from '#kernel/errors.ts';
import type { RuntimeSetup } from '#processors/contract.ts';
import { judgeMask } from '#processors/shared/image/alpha.ts';
import { stateOf } from '#processors/shared/model-store.ts';
import type { ModelDescriptor } from '#processors/shared/models/model-descriptor.ts';
import { openSession } from '#processors/shared/onnx/open-session.ts';
import type { SessionPool } from '#processors/shared/onnx/session-pool.ts';
import { workingBytesOf } from './added-model.ts';
import type { Segmentation } from './segment.ts';

/**
 * Finds the subject with a model that was added: one look, at the size that it was trained for.
 *
 * @param decode gives the picture stretched to a square of this side, 3 bytes a pixel
 * @throws AppError MODEL_CORRUPT when its file is not what was added, MODEL_INVALID when what it gives is no mask
 */
export async function segmentWith(
  model: ModelDescriptor,
  sessions: SessionPool,
  setup: RuntimeSetup,
  decode: (sizePx: number) => Promise<Uint8Array>,
): Promise<Segmentation> {
  const { sha256, inputSizePx, inputName, outputName } = model;
  const { session, provider } = await sessions.use(sha256, workingBytesOf(model), async () => {
    const path = await verifiedPath(setup.modelsDir, model);
    return await asModel(model, setup, openSession(path, setup));
  });
  const input = pixelsToInput(await decode(inputSizePx), model);
  const dims = model.layout === 'nchw' ? [1, 3, inputSizePx, inputSizePx] : [1, inputSizePx, inputSizePx, 3];
  const running = session.run({ [inputName]: new Tensor('float32', input, dims) }, [outputName]);
  const { [outputName]: output } = await asModel(model, setup, running);
  if (output?.type !== 'float32') throw unusable(model, `its output ${outputName} is not of 32-bit floats`);
  const sizePx = sideOf(model, output.dims);
  const mask = { sizePx, alpha: outputToAlpha(output.data as Float32Array, model.output), provider };
  return { mask, look: { precision: 'float', sizePx }, looks: 1, ...judgeMask(mask) };
}

/** Whole: what is on the disk now. Nothing else is given to ONNX Runtime. */
async function verifiedPath(modelsDir: string, model: ModelDescriptor): Promise<string> {
  const state = await stateOf(modelsDir, model);
  if (state === 'verified') return join(modelsDir, model.fileName);
  const remedy = `Add it again: npx esteira models add ${model.name}.`;
  throw new AppError('MODEL_CORRUPT', `The file of the model ${model.name} is ${state} on this machine. ${remedy}`);
}

/** Red, green and blue, 0…255 each → (value / 255 − mean) / deviation, in the order that the graph takes. */
export function pixelsToInput(
  pixels: Uint8Array,
  { mean, std, layout }: Pick<ModelDescriptor, 'mean' | 'std' | 'layout'>,
): Float32Array {
  const area = pixels.length / 3;
  const input = new Float32Array(pixels.length);
  const [pixelStep, channelStep] = layout === 'nchw' ? [1, area] : [3, 1];
  for (let channel = 0; channel < 3; channel++) {
    const scale = 1 / (255 * (std[channel] as number));
    const offset = (mean[channel] as number) / (std[channel] as number);
    for (let pixel = 0; pixel < area; pixel++) {
      input[pixel * pixelStep + channel * channelStep] = (pixels[pixel * 3 + channel] as number) * scale - offset;
    }
  }
  return input;
}

/** The network's numbers → 0…255. What is not a number is background; a flat output has nothing to stretch. */
export function outputToAlpha(output: Float32Array, kind: ModelDescriptor['output']): Uint8Array {
  const { scale, offset } = kind === 'minmax' ? stretch(output) : { scale: 1, offset: 0 };
  const alpha = new Uint8Array(output.length);
  for (let pixel = 0; pixel < output.length; pixel++) {
    const value = output[pixel] as number;
    const share = kind === 'sigmoid' ? 1 / (1 + Math.exp(-value)) : (value - offset) * scale;
    alpha[pixel] = share > 0 ? Math.round(Math.min(share, 1) * 255) : 0;
  }
  return alpha;
}

function stretch(output: Float32Array): { scale: number; offset: number } {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let pixel = 0; pixel < output.length; pixel++) {
    const value = output[pixel] as number;
    if (value < least) least = value;
    if (value > greatest) greatest = value;
  }
  return { scale: greatest > least ? 1 / (greatest - least) : 0, offset: least };
}

/** [1, 1, s, s], [1, s, s, 1] or [1, s, s]. */
function sideOf(model: ModelDescriptor, dims: readonly number[]): number {
  const sides = dims.filter((dim) => dim !== 1);
  const [side = 0] = sides;
  if (sides.length === 2 && sides[1] === side && dims.length <= 4) return side;
  throw unusable(model, `its output ${model.outputName} of [${dims.join(', ')}] is no square mask`);
}

/** What the runtime says of a graph is said to whoever uses it, without the folder that it names. */
async function asModel<T>(model: ModelDescriptor, { modelsDir }: RuntimeSetup, work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    const said = words.replaceAll(modelsDir, '…').slice(0, 500);
    throw unusable(model, `ONNX Runtime cannot run it (${said})`, cause);
  }
}

function unusable({ name }: ModelDescriptor, why: string, cause?: unknown): AppError {
  return new AppError('MODEL_INVALID', `The model ${name} cannot be used because ${why}.`, { cause });
}
