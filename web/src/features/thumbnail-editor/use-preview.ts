import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import type { JobOutput } from '../../api/job.ts';
import { runJob } from '../../api/run-job.ts';
import type { ThumbnailRequest } from './request.ts';

/** A hand that moves a slider rests for so long when it has found its place. */
const restMs = 120;

export interface Preview {
  /** The last good picture; it stays while the next is made, and when that fails. */
  readonly output: JobOutput | undefined;
  /** Whether the picture is that of the wanted request. */
  readonly isCurrent: boolean;
  readonly error: Error | null;
  readonly retry: () => void;
}

/**
 * The picture that a request makes. One is made at a time, and the latest wins: what was wanted in between is never
 * asked for.
 */
export function usePreview(wanted: ThumbnailRequest | undefined): Preview {
  const wantedKey = wanted && JSON.stringify(wanted);
  const [asked, setAsked] = useState(wanted);
  const askedKey = asked && JSON.stringify(asked);
  const { data, error, isFetching, isPlaceholderData, refetch } = useQuery({
    queryKey: ['preview', askedKey],
    enabled: asked !== undefined,
    queryFn: async ({ signal }) => {
      if (!asked) throw new Error('nothing to show');
      const { output } = await runJob({ ...asked, priority: 'high', metadata: { preview: true } }, signal);
      const picture = new Image();
      picture.src = output.url;
      await picture.decode();
      return output;
    },
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 5 * 60_000,
    retry: false,
  });
  useEffect(() => {
    if (isFetching || wantedKey === askedKey) return;
    const timer = setTimeout(() => setAsked(wantedKey && JSON.parse(wantedKey)), restMs);
    return () => clearTimeout(timer);
  }, [isFetching, wantedKey, askedKey]);
  const [last, setLast] = useState(data);
  useEffect(() => {
    if (data) setLast(data);
  }, [data]);
  return {
    output: data ?? last,
    isCurrent: wantedKey === askedKey && !isFetching && !isPlaceholderData,
    error: wantedKey === askedKey ? error : null,
    retry: () => void refetch(),
  };
}
