import { hashOfJson } from '#kernel/canonical-json.ts';
import { mebibyte } from '#kernel/units.ts';
import type { ModelDescriptor } from '#processors/shared/models/model-descriptor.ts';

/** A session keeps the weights, and most of them a second time in the order in which they are multiplied. */
const weightsFactor = 2;
/** Of activations at once; IS-Net's at 1024 px are 640. Transformers have more, and descriptors of their own for it. */
const bytesPerModelPixel = 700;

/** Memory of opening a model that was added and running it once. */
export function workingBytesOf({ sizeBytes, inputSizePx, workingBytes }: ModelDescriptor): number {
  return workingBytes ?? weightsFactor * sizeBytes + bytesPerModelPixel * inputSizePx ** 2;
}

/** Roughly: large weights are used often at large sizes. It decides who goes first, and nothing else. */
export function cpuSecondsOf({ sizeBytes, inputSizePx }: ModelDescriptor): number {
  return 0.2 + (inputSizePx ** 2 / 1e6) * (1 + sizeBytes / (50 * mebibyte));
}

/** Opening a gigabyte from a slow disk, and a transformer on one old core. */
export const addedModelDeadlineMs = 300_000;

/** What decides over the mask: the graph's bytes, and all that is said of how to feed and read it. */
export function hashesOf(model: ModelDescriptor): readonly string[] {
  const { sha256, inputSizePx, mean, std, output, layout, inputName, outputName } = model;
  return [sha256, hashOfJson({ inputSizePx, mean, std, output, layout, inputName, outputName })];
}
