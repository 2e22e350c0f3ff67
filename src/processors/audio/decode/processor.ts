import { type Cost, defineProcessor } from '#processors/contract.ts';
import { ffmpegDemuxers, recordingSeconds } from '#processors/shared/audio/sound-types.ts';
import { decodeParams } from './params.ts';

/** ffmpeg with its libraries, and what passes through. */
const fixedBytes = 160e6;
/** ffmpeg decodes ALAC and HE-AAC at some hundred times real time on one core. */
const cpuSecondsPerSecond = 0.005;

/** A WAV of what only ffmpeg reads. */
export const processor = defineProcessor({
  name: 'audio.decode',
  version: 1,
  title: { en: 'Decode recording', 'pt-BR': 'Decodificar gravação' },
  accepts: Object.keys(ffmpegDemuxers),
  inputs: { min: 1, max: 1 },
  params: decodeParams,
  programs: ['ffmpeg'],
  modelHashes: () => [],
  estimate(inputs): Cost {
    return { memoryBytes: fixedBytes, cpuSeconds: 0.3 + cpuSecondsPerSecond * recordingSeconds(inputs) };
  },
  deadlineMs: (inputs) => 30_000 + 100 * recordingSeconds(inputs),
});
