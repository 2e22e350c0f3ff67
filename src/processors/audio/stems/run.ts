import { setImmediate } from 'node:timers/promises';
import { AppError } from '#kernel/errors.ts';
import type { ProcessorContext, ProcessorOutput, ProcessorRuntime } from '../../contract.ts';
import type { AudioBlock, AudioFormat } from '../../shared/audio/audio-stream.ts';
import { openAudio } from '../../shared/audio/decode/open-audio.ts';
import { decodedPath } from '../../shared/audio/decode-needs.ts';
import { audioMediaTypes } from '../../shared/audio/encode/audio-encoder.ts';
import type { stemsParams } from './params.ts';
import { planStems } from './plan-stems.ts';
import { signalEstimates } from './signal/signal-model.ts';
import { openSignalSeparator } from './signal/signal-separator.ts';
import { StemFiles } from './stem-files.ts';

type Context = ProcessorContext<typeof stemsParams>;

export function createRuntime(): ProcessorRuntime<typeof stemsParams> {
  return {
    async warm() {},
    run: separate,
  };
}

async function separate(context: Context): Promise<ProcessorOutput[]> {
  const { params, scratchDir, signal } = context;
  const { path, mediaType } = decodedPath(context, 0);
  await using audio = await openAudio(path, mediaType, { signal });
  const { sampleRateHz } = audio.format;
  const channels = channelsOf(audio.format);
  const plan = planStems(params, signalEstimates);
  const separator = await openSignalSeparator(sampleRateHz, channels);
  await using files = await StemFiles.open(plan, { scratchDir, format: params.format, sampleRateHz, channels });
  const total = audio.format.frames ?? (context.inputs[0]?.durationSeconds ?? 0) * sampleRateHz;
  files.checkRoom(total);
  let read = 0;
  let frames = 0;
  const write = async (parts: ReturnType<typeof separator.add>): Promise<void> => {
    for await (const part of parts) {
      await files.write(part);
      frames += part.frames;
      if (total > 0) context.progress(Math.min(frames / total, 1) * 0.99);
      // Separating is synchronous: without this, nobody could stop it.
      await setImmediate();
      signal.throwIfAborted();
    }
  };
  for await (const block of audio.blocks()) {
    checkMeasure(block, read, sampleRateHz);
    read += block.frames;
    await write(separator.add(block));
  }
  await write(separator.end());
  const written = await files.close();
  context.progress(1);
  const durationSeconds = frames / sampleRateHz;
  return written.map(({ stem, file, clippedSamples }) => ({
    file,
    mediaType: audioMediaTypes[params.format],
    data: { stem, durationSeconds, model: params.model, ...(clippedSamples > 0 && { clippedSamples }) },
  }));
}

function channelsOf({ layout }: AudioFormat): 1 | 2 {
  if (layout.length === 1 || layout.length === 2) return layout.length;
  throw new AppError(
    'INPUT_NOT_ACCEPTED',
    `The recording has ${layout.length} channels; stems are made of one or two. Mix it down to stereo first.`,
    { extensions: { channels: layout.length } },
  );
}

/** Spectra square it: numbers without measure would silence the minute around them. */
const loudest = 1e9;

function checkMeasure({ channels, frames }: AudioBlock, before: number, sampleRateHz: number): void {
  for (const samples of channels) {
    for (let i = 0; i < frames; i++) {
      if (Math.abs(samples[i] as number) <= loudest) continue;
      const at = ((before + i) / sampleRateHz).toFixed(1);
      throw new AppError('MEDIA_INVALID', `The recording holds a sample of ${samples[i]} at ${at} s; full scale is 1.`);
    }
  }
}
