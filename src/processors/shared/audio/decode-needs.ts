import type { MediaInfo, Need } from '#processors/contract.ts';

/** What has to be made of recordings that only ffmpeg can read, before anything else is done with them. */
export function decodeNeeds(_inputs: readonly MediaInfo[]): readonly Need[] {
  return [];
}
