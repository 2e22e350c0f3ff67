import type { Substitute } from '#sandbox/needs.ts';
import type { GuardedProvider } from './guard-provider.ts';

/** A provider in the place of `image.mask`. */
export function maskSubstitute(provider: GuardedProvider, { fallback }: { readonly fallback: boolean }): Substitute {
  return {
    name: provider.name,
    key: `${provider.name}:${provider.address}`,
    fallback,
    refine: 'image.alpha',
    make: async (input, dir, signal) => await provider.cutOut({ ...input, dir, signal }),
  };
}
