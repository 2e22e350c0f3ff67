import {
  type Background,
  type Design,
  type LogoLook,
  newBackground,
  newDesign,
  newText,
  type ProductLook,
  type TextLook,
} from './design.ts';
import { ownSize } from './request.ts';

type Params = Readonly<Record<string, unknown>>;

/**
 * What a template's parameters look like in the editor: completed where the document leaves something out, without what
 * the editor has no place for (a second product, a second logo).
 */
export function designFrom(params: Params): { readonly design: Design; readonly preset: string } {
  const { preset = ownSize, canvas, background, products, texts, logos, output } = params;
  const [product] = list(products);
  const [logo] = list(logos);
  const { input: _input, mask: _mask, shadow, ...look } = product ?? {};
  const design: Design = {
    canvas: { ...newDesign.canvas, ...(canvas as object) },
    background: backgroundFrom(background as Background | undefined),
    product: {
      ...newDesign.product,
      ...(look as Partial<ProductLook>),
      ...(shadow !== undefined && { shadow: { ...newDesign.product.shadow, ...(shadow as object) } }),
    },
    texts: list(texts).map((text) => ({ ...newText('text', ''), ...(text as Partial<TextLook>) })),
    output: { ...newDesign.output, ...(output as object) },
  };
  return { design: logo ? { ...design, logo: logoFrom(logo) } : design, preset: String(preset) };
}

function backgroundFrom(background: Background | undefined): Background {
  if (background === undefined) return newDesign.background;
  const { input: _input, ...said } = background as Background & { input?: number };
  return { ...newBackground(background.kind), ...said } as Background;
}

function logoFrom({ input: _input, ...said }: Params): LogoLook {
  return {
    anchor: 'bottom-right',
    offsetXPercent: 0,
    offsetYPercent: 0,
    widthPercent: 18,
    opacityPercent: 100,
    tile: false,
    ...said,
  };
}

function list(value: unknown): readonly Params[] {
  return Array.isArray(value) ? value : [];
}
