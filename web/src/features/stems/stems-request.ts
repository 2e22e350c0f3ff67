import { stemsProcessor } from '../../api/audio.ts';
import type { JobRequest } from '../../api/job.ts';

export const twoStems = ['vocals', 'accompaniment'] as const;
export const fourStems = ['vocals', 'drums', 'bass', 'other'] as const;
export const stemFormats = ['flac', 'wav', 'mp3'] as const;
export type StemFormat = (typeof stemFormats)[number];

export interface StemsChoice {
  /** At least one. */
  readonly stems: readonly string[];
  readonly format: StemFormat;
}

export function stemsRequest(assetId: string, name: string, { stems, format }: StemsChoice): JobRequest {
  return { processor: stemsProcessor, inputs: [assetId], params: { stems: [...stems], format }, metadata: { name } };
}
