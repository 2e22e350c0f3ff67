import { setImmediate } from 'node:timers/promises';
import { AppError } from '#kernel/errors.ts';
import type { ProcessorContext, ProcessorOutput, ProcessorRuntime } from '../../contract.ts';
import type { AudioBlock, AudioFormat } from '../../shared/audio/audio-stream.ts';
import { openAudio } from '../../shared/audio/decode/open-audio.ts';
import { decodedPath } from '../../shared/audio/decode-needs.ts';
import { audioMediaTypes } from '../../shared/audio/encode/encoder.ts';
import { modelsIn, requireSeparation } from '../../shared/models/model-folder.ts';
import type { SeparationDescriptor } from '../../shared/models/separation-descriptor.ts';
import { SessionPool } from '../../shared/onnx/session-pool.ts';
import { estimatesOf } from './networks/separation-model.ts';
import { signalProcessing, type stemsParams } from './params.ts';
import { planStems } from './plan-stems.ts';
import type { Separator } from './separator.ts';
import { signalEstimates } from './signal/signal-model.ts';
import { openSignalSeparator } from './signal/signal-separator.ts';
import { StemFiles } from './stem-files.ts';

type Context = ProcessorContext<typeof stemsParams>;

export function createRuntime(): ProcessorRuntime<typeof stemsParams> {
  let sessions: SessionPool | undefined;
  return {
    async warm(setup, params) {
      if (params === undefined || params.model === signalProcessing) return;
      sessions ??= new SessionPool(setup);
      const model = addedModel(setup.modelsDir, params.model);
      await (await networks()).warmNetwork(model, sessions, setup);
    },
    async run(context) {
      sessions ??= new SessionPool(context);
      const outputs = await separate(context, sessions);
      for (const { provider, reason } of sessions.takeNotices()) {
        context.log(`the execution provider ${provider} cannot be used`, { provider, reason });
      }
      return outputs;
    },
  };
}

async function separate(context: Context, sessions: SessionPool): Promise<ProcessorOutput[]> {
  const { params, scratchDir, signal } = context;
  const { path, mediaType } = decodedPath(context, 0);
  await using audio = await openAudio(path, mediaType, { signal });
  const { sampleRateHz } = audio.format;
  const channels = channelsOf(audio.format);
  const model = params.model === signalProcessing ? undefined : addedModel(context.modelsDir, params.model);
  const plan = planStems(params, model === undefined ? signalEstimates : estimatesOf(model));
  const separator =
    model === undefined
      ? await openSignalSeparator(sampleRateHz, channels)
      : await (await networks()).openNetwork(model, sessions, context, {
          estimates: plan.estimated,
          sampleRateHz,
          channels,
          reread: () => openAudio(path, mediaType, { signal }),
        });
  await using files = await StemFiles.open(plan, { scratchDir, format: params.format, sampleRateHz, channels });
  const total = audio.format.frames ?? (context.inputs[0]?.durationSeconds ?? 0) * sampleRateHz;
  files.checkRoom(total);
  let read = 0;
  let frames = 0;
  const write = async (parts: ReturnType<Separator['add']>): Promise<void> => {
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

/** ONNX Runtime is loaded by those who use it. */
function networks() {
  return import('./networks/open-network.ts');
}

function addedModel(modelsDir: string, name: string): SeparationDescriptor {
  return requireSeparation(modelsIn(modelsDir), name, [signalProcessing]);
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
