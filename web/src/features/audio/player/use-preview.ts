import { useQuery } from '@tanstack/react-query';
import type { PeaksFile } from '../../../../../src/processors/audio/preview/peaks.ts';
import { getResult, previewProcessor } from '../../../api/audio.ts';
import { runJob } from '../../../api/run-job.ts';
import type { Peaks } from './wave.tsx';

/** What can be played of a recording in every browser, and its picture. */
export interface Preview {
  readonly url: string;
  readonly peaks?: Peaks;
}

/** As many steps as the widest screen can show. */
const mostSteps = 8_192;

/** Has the server make what a browser can play; it is made once for each recording. */
export function usePreview(assetId: string | undefined) {
  return useQuery({
    queryKey: ['preview', assetId],
    enabled: assetId !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
    queryFn: async ({ signal }): Promise<Preview> => {
      const { output, outputs } = await runJob(
        { processor: previewProcessor, inputs: [assetId ?? ''], params: { tiles: false }, priority: 'high' },
        signal,
      );
      const file = outputs.find(({ mediaType }) => mediaType === 'application/json');
      if (file === undefined) return { url: output.url };
      const { levels } = await getResult<PeaksFile>(file.url, signal);
      const level = levels.filter(({ low }) => low.length <= mostSteps).at(-1) ?? levels[0];
      return { url: output.url, ...(level && { peaks: level }) };
    },
  });
}
