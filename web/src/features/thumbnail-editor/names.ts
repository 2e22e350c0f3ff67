import { useLingui } from '@lingui/react/macro';
import type { Anchor, BackgroundKind, ShadowKind, TextKind } from './design.ts';

type Names<K extends string> = Readonly<Record<K, string>>;

export function useAnchorNames(): Names<Anchor> {
  const { t } = useLingui();
  return {
    'top-left': t`Top left`,
    top: t`Top`,
    'top-right': t`Top right`,
    left: t`Left`,
    centre: t`Centre`,
    right: t`Right`,
    'bottom-left': t`Bottom left`,
    bottom: t`Bottom`,
    'bottom-right': t`Bottom right`,
  };
}

export function useBackgroundNames(): Names<BackgroundKind> {
  const { t } = useLingui();
  return {
    preset: t`Of the channel`,
    colour: t`Colour`,
    gradient: t`Gradient`,
    image: t`Picture`,
    original: t`Blurred photo`,
    transparent: t`Transparent`,
  };
}

export function useShadowNames(): Names<ShadowKind> {
  const { t } = useLingui();
  return { none: t`None`, contact: t`On the ground`, drop: t`Behind it`, reflection: t`Reflection` };
}

export function useTextNames(): Names<TextKind> {
  const { t } = useLingui();
  return { price: t`Price`, oldPrice: t`Old price`, discount: t`Discount`, text: t`Text` };
}
