import type { RuntimeSetup } from '../../../contract.ts';
import type { AudioStream } from '../../../shared/audio/audio-stream.ts';
import type { SeparationDescriptor, StemName } from '../../../shared/models/separation-descriptor.ts';
import { useAdded } from '../../../shared/onnx/added-graph.ts';
import type { SessionPool } from '../../../shared/onnx/session-pool.ts';
import type { Separator } from '../separator.ts';
import { magnitudesNetwork } from './magnitudes-network.ts';
import { NetworkSeparator } from './network-separator.ts';
import { type Measure, measureFrom, samplesNetwork } from './samples-network.ts';
import { workingBytesOf } from './separation-model.ts';

interface Recording {
  readonly estimates: readonly StemName[];
  readonly sampleRateHz: number;
  readonly channels: 1 | 2;
  /** The same recording once more, from its beginning. */
  readonly reread: () => Promise<AudioStream>;
}

/** @throws AppError MODEL_CORRUPT when its file is not what was added, MODEL_INVALID when it cannot be opened */
export async function openNetwork(
  model: SeparationDescriptor,
  sessions: SessionPool,
  setup: RuntimeSetup,
  { reread, ...recording }: Recording,
): Promise<Separator> {
  const { session } = await useAdded(model, sessions, setup, workingBytesOf(model));
  const { shape, normalisation, overlap } = model;
  const network =
    shape === 'demucs'
      ? samplesNetwork(model, session, setup, normalisation === 'track' ? await measure(reread) : undefined)
      : await magnitudesNetwork(model, session, setup);
  return new NetworkSeparator(network, { ...recording, overlap });
}

/** Opens the network, so that the first job need not. */
export async function warmNetwork(
  model: SeparationDescriptor,
  sessions: SessionPool,
  setup: RuntimeSetup,
): Promise<void> {
  await useAdded(model, sessions, setup, workingBytesOf(model));
}

async function measure(reread: () => Promise<AudioStream>): Promise<Measure> {
  await using audio = await reread();
  let [sum, squares, count] = [0, 0, 0];
  for await (const { channels, frames } of audio.blocks()) {
    const [left, right = left] = channels;
    for (let i = 0; i < frames; i++) {
      const value = ((left?.[i] as number) + (right?.[i] as number)) / 2;
      sum += value;
      squares += value * value;
    }
    count += frames;
  }
  return measureFrom(sum, squares, count);
}
