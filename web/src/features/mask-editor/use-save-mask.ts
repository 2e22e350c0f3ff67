import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { Job } from '../../api/job.ts';
import { runJob } from '../../api/run-job.ts';
import { uploadAsset } from '../../api/upload-asset.ts';
import { theStudio } from '../cutout/studio.ts';
import { maskFile } from './mask-pictures.ts';
import type { Painting } from './painting.ts';

const route = getRouteApi('/masks');

export interface Saved {
  readonly photoId: string;
  /** Asset of the painted mask. */
  readonly maskId: string;
  /** The photo, cut out by it. */
  readonly job: Job;
  /** Whether it belongs to a photo of the studio, which has the new mask now. */
  readonly isOfStudio: boolean;
}

/** Sends the painted mask, and has the photo cut out by it. */
export function useSaveMask(painting: Painting) {
  const { photo, item } = route.useSearch();
  const queries = useQueryClient();
  const { mutateAsync, isPending, data, error, reset } = useMutation({
    mutationFn: async (photoId: string): Promise<Saved> => {
      painting.end();
      const { id: maskId } = await uploadAsset(await maskFile(painting), paintedMaskName(photoId));
      const job = await runJob({ processor: 'image.cutout', inputs: [photoId, maskId], priority: 'high' });
      painting.markSaved();
      if (item !== undefined) theStudio(queries).setMask(item, maskId);
      return { photoId, maskId, job, isOfStudio: item !== undefined };
    },
  });
  return {
    save: async (): Promise<void> => {
      if (photo !== undefined && !isPending) await mutateAsync(photo).catch(() => undefined);
    },
    saving: isPending,
    saved: data,
    error,
    dismiss: reset,
  };
}

/** Tells painted masks from photos in lists of what was uploaded. */
function paintedMaskName(photoId: string): string {
  return `${photoId}.mask.png`;
}
