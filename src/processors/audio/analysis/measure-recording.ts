import type { AudioStream } from '#processors/shared/audio/audio-stream.ts';
import { type MeasuredRecording, putTogether } from './put-together.ts';
import { createSampleMeasures } from './sample-measures.ts';
import type { ToneThread } from './tone-thread.ts';

export interface MeasureOptions {
  readonly tones: ToneThread;
  /** @param seconds that have been measured */
  readonly onProgress: (seconds: number) => void;
  readonly signal: AbortSignal;
}

/**
 * One pass over a recording: every block goes to what works on samples, here, and to what works on spectra.
 *
 * @throws AppError MEDIA_INVALID as the stream does, and when there is no sample in it; whatever aborts the signal
 */
export async function measureRecording(
  stream: AudioStream,
  { tones, onProgress, signal }: MeasureOptions,
): Promise<MeasuredRecording> {
  const { format } = stream;
  const [spectra, samples] = [await tones.start(format), await createSampleMeasures(format)];
  let frames = 0;
  try {
    for await (const block of stream.blocks()) {
      signal.throwIfAborted();
      await spectra.add(block);
      samples.add(block);
      frames += block.frames;
      onProgress(frames / format.sampleRateHz);
    }
  } catch (error) {
    // The other thread is not left waiting for blocks that do not come.
    await spectra.result().catch(() => {});
    throw error;
  }
  return putTogether(format, frames, samples.result(), await spectra.result());
}
