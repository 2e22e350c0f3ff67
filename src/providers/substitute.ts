import { inspectFile } from '#assets/inspect-media.ts';
import type { Substitute } from '#sandbox/needs.ts';
import type { GuardedProvider } from './guard-provider.ts';

/** Masks are looked at no closer than this, and providers have limits of their own. */
const longestSidePx = 4_096;

/** A provider in the place of `image.mask`. */
export function maskSubstitute(provider: GuardedProvider, { fallback }: { readonly fallback: boolean }): Substitute {
  return {
    name: provider.name,
    key: `${provider.name}:${provider.address}`,
    fallback,
    // Upright, in a format that everybody reads, and without what the camera knew of place and owner.
    prepare: {
      processor: 'image.resize',
      params: {
        fit: 'inside',
        widthPx: longestSidePx,
        heightPx: longestSidePx,
        format: 'jpeg',
        compression: 92,
        background: 'white',
      },
    },
    refine: 'image.alpha',
    async make({ path }, dir, signal) {
      const picture = await inspectFile(path, { maxPixels: longestSidePx ** 2, maxFrames: 1, maxDurationSeconds: 0 });
      return await provider.cutOut({ ...picture, path, dir, signal });
    },
  };
}
