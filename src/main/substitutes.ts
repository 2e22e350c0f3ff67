import type { Config, CutoutProviderConfig } from '#config.ts';
import type { MaskProvider } from '#providers/mask-provider.ts';
import type { Substitute } from '#sandbox/needs.ts';

/** Who makes results instead of processors of this program, as the configuration says. */
export async function openSubstitutes({ cutout }: Config): Promise<ReadonlyMap<string, Substitute>> {
  if (cutout.provider === 'local') return new Map();
  const { fallback, timeoutMs, retries } = cutout;
  const [{ guardProvider }, { maskSubstitute }, provider] = await Promise.all([
    import('#providers/guard-provider.ts'),
    import('#providers/substitute.ts'),
    openProvider(cutout),
  ]);
  return new Map([['image.mask', maskSubstitute(guardProvider(provider, { timeoutMs, retries }), { fallback })]]);
}

async function openProvider(cutout: Exclude<CutoutProviderConfig, { provider: 'local' }>): Promise<MaskProvider> {
  switch (cutout.provider) {
    case 'gradio':
      return (await import('#providers/drivers/gradio/gradio-provider.ts')).gradioProvider(cutout.url);
    case 'rembg':
      return (await import('#providers/drivers/rembg/rembg-provider.ts')).rembgProvider(cutout.url);
    case 'removebg':
      return (await import('#providers/drivers/removebg/removebg-provider.ts')).removebgProvider(cutout);
  }
}
