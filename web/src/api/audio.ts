import type { Analysis } from '../../../src/processors/audio/analysis/analysis.ts';
import type { genreNames, targetNames } from '../../../src/processors/audio/analysis/params.ts';
import { request } from './client.ts';
import type { Job, Page } from './job.ts';

export type { Analysis };

export type Target = (typeof targetNames)[number];
export type Genre = (typeof genreNames)[number];

/** What a recording is held against. */
export interface Goal {
  readonly target: Target;
  readonly genre: Genre;
}

export const analysisProcessor = 'audio.analysis';
export const previewProcessor = 'audio.preview';
export const stemsProcessor = 'audio.stems';

/** What the pixels of a spectrogram mean: the data of the analysis' second output. */
export interface SpectrogramData {
  readonly columns: number;
  readonly rows: number;
  readonly columnSeconds: number;
  readonly fromHz: number;
  readonly toHz: number;
  readonly floorDb: number;
  readonly ceilingDb: number;
}

/** The JSON that a job has left. */
export function getResult<T>(url: string, signal?: AbortSignal): Promise<T> {
  return request(url, { signal });
}

/** Finished analyses of this server, newest first. */
export function listAnalyses(signal?: AbortSignal): Promise<Page<Job>> {
  return request(`/v1/jobs?processor=${analysisProcessor}&status=succeeded&limit=100`, { signal });
}
