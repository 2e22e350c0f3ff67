import { useQuery } from '@tanstack/react-query';
import { type Analysis, analysisProcessor, getResult, listAnalyses } from '../../api/audio.ts';
import type { Job } from '../../api/job.ts';
import { useLiveJobs } from '../../api/live-jobs.ts';
import { jobName } from '../jobs/job-name.ts';
import type { OpenTrack } from './open-track.ts';

/** As `with` in the address: the reference that the analysis itself was given. */
export const withReference = 'reference';

/** What a recording is held against. */
export interface Other {
  readonly id: string;
  /** Undefined for the reference, whose name is not known. */
  readonly name?: string;
  readonly assetId: string;
  readonly integratedLufs: number | null;
  readonly durationSeconds: number;
  /** Undefined for the reference: what is known of it stands in the comparison. */
  readonly analysis?: Analysis;
}

export function useAnalysis(job: Job | undefined) {
  const output = job?.outputs[0];
  return useQuery({
    queryKey: ['analysis', output?.sha256],
    enabled: output !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) => getResult<Analysis>(output?.url ?? '', signal),
  });
}

/** The recording that the address asks to hold this one against, once it is known. */
export function useOther(track: OpenTrack, wanted: string | undefined): Other | undefined {
  const isJob = wanted !== undefined && wanted !== withReference;
  const job = useLiveJobs(isJob ? [wanted] : []).get(wanted ?? '');
  const { data: analysis } = useAnalysis(job?.processor === analysisProcessor ? job : undefined);
  const { comparison, durationSeconds } = track.analysis;
  if (isJob) {
    const [assetId] = job?.inputs ?? [];
    if (job === undefined || analysis === undefined || assetId === undefined) return undefined;
    return {
      id: wanted,
      name: jobName(job) ?? wanted,
      assetId,
      integratedLufs: analysis.loudness.integratedLufs,
      durationSeconds: analysis.durationSeconds,
      analysis,
    };
  }
  if (wanted !== withReference || comparison === undefined || track.referenceId === undefined) return undefined;
  return {
    id: withReference,
    assetId: track.referenceId,
    integratedLufs: comparison.reference.integratedLufs,
    durationSeconds,
  };
}

/** Other recordings that were analysed here, the newest analysis of each. */
export function useOtherTracks(assetId: string): readonly { readonly jobId: string; readonly name: string }[] {
  const { data } = useQuery({
    queryKey: ['analyses'],
    queryFn: ({ signal }) => listAnalyses(signal),
    select: ({ items }) => items,
  });
  const seen = new Set([assetId]);
  return (data ?? []).flatMap((job) => {
    const [input = ''] = job.inputs;
    if (seen.has(input)) return [];
    seen.add(input);
    return [{ jobId: job.id, name: jobName(job) ?? job.id }];
  });
}
