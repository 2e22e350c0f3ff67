import { Tensor } from 'onnxruntime-node';
import type { RuntimeSetup } from '#processors/contract.ts';
import { judgeMask } from '#processors/shared/image/alpha.ts';
import type { ModelDescriptor } from '#processors/shared/models/model-descriptor.ts';
import { asModel, unusable, useAdded } from '#processors/shared/onnx/added-graph.ts';
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
  const { inputSizePx, inputName, outputName } = model;
  const { session, provider } = await useAdded(model, sessions, setup, workingBytesOf(model));
  const input = pixelsToInput(await decode(inputSizePx), model);
  const dims = model.layout === 'nchw' ? [1, 3, inputSizePx, inputSizePx] : [1, inputSizePx, inputSizePx, 3];
  const running = session.run({ [inputName]: new Tensor('float32', input, dims) }, [outputName]);
  const { [outputName]: output } = await asModel(model, setup, running);
  if (output?.type !== 'float32') throw unusable(model, `its output ${outputName} is not of 32-bit floats`);
  const sizePx = sideOf(model, output.dims);
  const mask = { sizePx, alpha: outputToAlpha(output.data as Float32Array, model.output), provider };
  return { mask, look: { precision: 'float', sizePx }, looks: 1, ...judgeMask(mask) };
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
