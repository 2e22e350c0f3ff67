import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ProcessorContext, ProcessorOutput } from '#processors/contract.ts';
import type { AudioStream } from '#processors/shared/audio/audio-stream.ts';
import { openAudio } from '#processors/shared/audio/decode/open-audio.ts';
import { decodedPath } from '#processors/shared/audio/decode-needs.ts';
import type { Analysis, Judged } from './analysis.ts';
import { measureRecording } from './measure-recording.ts';
import type { analysisParams } from './params.ts';
import type { MeasuredRecording } from './put-together.ts';
import { textSummary } from './report/text-summary.ts';
import type { ToneThread } from './tone-thread.ts';
import { judge } from './verdicts/judge.ts';

type Context = ProcessorContext<typeof analysisParams>;

/** Of a job's progress, for measuring; the rest is for words and pictures. */
const measuringShare = 0.95;

/**
 * The job: measures the recording and its reference, judges, writes.
 *
 * @throws AppError MEDIA_INVALID as `measureRecording` does
 */
export async function analyse(context: Context, tones: ToneThread): Promise<readonly ProcessorOutput[]> {
  const [recording, reference] = await measureAll(context, tones);
  if (recording === undefined) throw new Error('a job without inputs');
  const judged: Judged = {
    ...recording.measured,
    ...judge(recording.measured, context.params, reference?.measured),
  };
  const summary = { 'pt-BR': textSummary(judged, 'pt-BR'), en: textSummary(judged, 'en') };
  return await writeOutputs(context, { ...judged, summary }, recording.spectrogram);
}

async function measureAll(context: Context, tones: ToneThread): Promise<readonly MeasuredRecording[]> {
  const { inputs, signal, progress } = context;
  const seconds = inputs.map(({ durationSeconds = 0 }) => durationSeconds);
  const total = seconds.reduce((sum, each) => sum + each, 0);
  const recordings: MeasuredRecording[] = [];
  let done = 0;
  for (const index of inputs.keys()) {
    const { path, mediaType, original } = decodedPath(context, index);
    await using decoded = await openAudio(path, mediaType, { signal });
    const stream = original === undefined ? decoded : asItWas(decoded, original);
    const onProgress = (measured: number) => {
      if (total > 0) progress(Math.min(1, (done + measured) / total) * measuringShare);
    };
    recordings.push(await measureRecording(stream, { tones, onProgress, signal }));
    done += seconds[index] ?? 0;
  }
  return recordings;
}

/** What is said of a recording is said of the file that came in, not of the WAV that was made of it. */
function asItWas(stream: AudioStream, original: { readonly container: string; readonly codec: string }): AudioStream {
  const { bitsPerSample, ...format } = stream.format;
  const bits = losslessCodecs.test(original.codec) && bitsPerSample !== undefined ? { bitsPerSample } : {};
  return {
    format: { ...format, ...original, ...bits },
    blocks: () => stream.blocks(),
    [Symbol.asyncDispose]: () => stream[Symbol.asyncDispose](),
  };
}

const losslessCodecs = /^(ALAC|FLAC|PCM|WavPack|TTA|APE)/i;

async function writeOutputs(
  { scratchDir, params }: Context,
  analysis: Analysis,
  { png, ...axes }: MeasuredRecording['spectrogram'],
): Promise<readonly ProcessorOutput[]> {
  const [verdict] = analysis.verdicts;
  await writeFile(join(scratchDir, 'analysis.json'), JSON.stringify(analysis));
  await writeFile(join(scratchDir, 'spectrogram.png'), png);
  const outputs: ProcessorOutput[] = [
    {
      file: 'analysis.json',
      mediaType: 'application/json',
      data: {
        durationSeconds: analysis.durationSeconds,
        integratedLufs: analysis.loudness.integratedLufs,
        truePeakDbtp: analysis.loudness.truePeakDbtp,
        ...(verdict && { verdict: verdict.code, severity: verdict.severity }),
      },
    },
    { file: 'spectrogram.png', mediaType: 'image/png', data: { ...axes } },
  ];
  if (params.report === 'none') return outputs;
  // Its fonts and its drawing are not loaded for those who want numbers.
  const { writeReport } = await import('./report/write-report.ts');
  return [...outputs, await writeReport(scratchDir, params, analysis, { png, ...axes })];
}
