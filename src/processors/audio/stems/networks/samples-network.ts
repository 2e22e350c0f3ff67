import { type InferenceSession, Tensor } from 'onnxruntime-node';
import type { RuntimeSetup } from '../../../contract.ts';
import type { SeparationDescriptor } from '../../../shared/models/separation-descriptor.ts';
import { asModel, unusable } from '../../../shared/onnx/added-graph.ts';
import type { Samples, SegmentNetwork } from './segment-network.ts';

/** Mean and deviation of the two channels' mean. */
export interface Measure {
  readonly mean: number;
  readonly deviation: number;
}

const asItIs: Measure = { mean: 0, deviation: 1 };

/**
 * A network from samples to samples, as Demucs is: [1, 2, N] → [1, stems, 2, N].
 *
 * @param track of the whole recording, where the model wants that
 * @see https://github.com/facebookresearch/demucs: demucs/separate.py brings the track to mean 0 and deviation 1
 */
export function samplesNetwork(
  model: SeparationDescriptor,
  session: InferenceSession,
  setup: RuntimeSetup,
  track: Measure = asItIs,
): SegmentNetwork {
  const { segment, sampleRateHz, stems, inputName, normalisation } = model;
  const [outputName = ''] = model.outputNames;
  return {
    segmentFrames: segment,
    sampleRateHz,
    stems,
    async run(samples) {
      const measure = { none: asItIs, segment: measureOf(samples), track }[normalisation];
      const input = new Float32Array(2 * segment);
      samples.forEach((channel, i) => {
        for (let at = 0; at < segment; at++)
          input[i * segment + at] = ((channel[at] as number) - measure.mean) / measure.deviation;
      });
      const feeds = { [inputName]: new Tensor('float32', input, [1, 2, segment]) };
      const { [outputName]: output } = await asModel(model, setup, session.run(feeds, [outputName]));
      const wanted = [1, stems.length, 2, segment];
      if (output?.type !== 'float32' || output.dims.join() !== wanted.join()) {
        throw unusable(model, `its output ${outputName} of [${output?.dims.join(', ')}] is not [${wanted.join(', ')}]`);
      }
      const data = output.data as Float32Array;
      return stems.map((_, stem): Samples => {
        const channel = (index: number): Float32Array =>
          data
            .subarray((2 * stem + index) * segment, (2 * stem + index + 1) * segment)
            .map((value) => value * measure.deviation + measure.mean);
        return [channel(0), channel(1)];
      });
    },
  };
}

/** Deviations of silence are kept from dividing. */
const leastDeviation = 1e-8;

function measureOf([left, right]: Samples): Measure {
  let [sum, squares] = [0, 0];
  for (let i = 0; i < left.length; i++) {
    const value = ((left[i] as number) + (right[i] as number)) / 2;
    sum += value;
    squares += value * value;
  }
  return measureFrom(sum, squares, left.length);
}

export function measureFrom(sum: number, squares: number, count: number): Measure {
  const mean = sum / count;
  return { mean, deviation: Math.sqrt(Math.max(0, squares / count - mean * mean)) + leastDeviation };
}
