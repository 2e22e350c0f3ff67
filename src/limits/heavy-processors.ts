import type { MediaInfo, Processor } from '#processors/contract.ts';
import { completeParameters } from '#processors/parameters.ts';

const photograph: MediaInfo = { mediaType: 'image/jpeg', sizeBytes: 8e6, widthPx: 6_000, heightPx: 4_000, frames: 1 };
const song: MediaInfo = { mediaType: 'audio/mpeg', sizeBytes: 9e6, durationSeconds: 240 };
const heavyCpuSeconds = 10;

/**
 * Whether a usual job of this kind, a photograph of 24 megapixels or a song of four minutes, takes more than ten seconds
 * of a core, as the processor itself estimates it. By kind, so that everybody can know beforehand which are counted.
 */
export function isHeavyProcessor(processor: Processor): boolean {
  const usual = processor.accepts.some((type) => type.startsWith('audio/')) ? song : photograph;
  try {
    return processor.estimate([usual], completeParameters(processor, {})).cpuSeconds > heavyCpuSeconds;
  } catch {
    // It needs parameters that only a request has.
    return false;
  }
}
