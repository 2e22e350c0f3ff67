import { stemsProcessor } from '../../api/audio.ts';
import type { JobRequest } from '../../api/job.ts';

const twoStems = ['vocals', 'accompaniment'] as const;
const fourStems = ['vocals', 'drums', 'bass', 'other'] as const;
export const stemFormats = ['flac', 'wav', 'mp3'] as const;
export type StemFormat = (typeof stemFormats)[number];

export interface StemsChoice {
  readonly mode: 'two' | 'four';
  /** At least one of the mode's. */
  readonly stems: readonly string[];
  readonly format: StemFormat;
}

export function stemsOf(mode: StemsChoice['mode']): readonly string[] {
  return mode === 'two' ? twoStems : fourStems;
}

export function stemsRequest(assetId: string, name: string, { mode, stems, format }: StemsChoice): JobRequest {
  const all = stems.length === stemsOf(mode).length;
  const params = { mode, stems: all ? 'all' : stems.join(','), format };
  return { processor: stemsProcessor, inputs: [assetId], params, metadata: { name } };
}
