import type { JobRequest } from '../../api/job.ts';
import type { Background, Design, Picture, TextLook } from './design.ts';
import type { Product } from './product-list.ts';

type Params = Readonly<Record<string, unknown>>;

export interface ThumbnailRequest extends JobRequest {
  readonly params: Params;
}

/** No preset: the design's own size. */
export const ownSize = 'none';

/**
 * The work that makes one thumbnail. Inputs are in the order product, its mask, background, logo; those that are not
 * there leave no gap.
 */
export function thumbnailRequest(design: Design, { assetId, maskId }: Product, preset: string): ThumbnailRequest {
  const inputs: string[] = [assetId];
  const inputOf = (id: string): number => inputs.push(id) - 1;
  const mask = maskId === undefined ? {} : { mask: inputOf(maskId) };
  const background = backgroundParams(design.background, ({ assetId: id }) => inputOf(id));
  const logo = design.logo?.picture && { logo: design.logo, input: inputOf(design.logo.picture.assetId) };
  const params = {
    ...styleParams(design, preset),
    ...background,
    products: [{ input: 0, ...mask, ...productParams(design) }],
    ...(logo && { logos: [logoParams(logo.logo, logo.input)] }),
  };
  return { processor: 'image.thumbnail', inputs, params };
}

/**
 * The design as a template keeps it: without pictures, whose places are 1 for the background and what follows for the
 * logo, as long as no product has a mask.
 */
export function templateParams(design: Design, preset: string): Params {
  let next = 1;
  return {
    ...styleParams(design, preset),
    ...backgroundParams(design.background, () => next++, true),
    products: [{ input: 0, ...productParams(design) }],
    ...(design.logo && { logos: [logoParams(design.logo, next)] }),
  };
}

function styleParams({ canvas, texts, output }: Design, preset: string): Params {
  const shown = texts.filter(({ text }) => text.trim() !== '');
  return {
    preset,
    ...(preset === ownSize && { canvas }),
    ...(shown.length > 0 && { texts: shown.map(textParams) }),
    output,
  };
}

function productParams({ product }: Design): Params {
  const { shadow, ...others } = product;
  return { ...others, ...(shadow.kind !== 'none' && { shadow }) };
}

function textParams({ key: _key, ...text }: TextLook): Params {
  return { ...text };
}

function logoParams({ picture: _picture, ...logo }: NonNullable<Design['logo']>, input: number): Params {
  return { input, ...logo };
}

const noPicture: Picture = { assetId: '', name: '' };

/** @param always whether a picture has its place even when it is not chosen yet */
function backgroundParams(background: Background, inputOf: (picture: Picture) => number, always = false): Params {
  switch (background.kind) {
    case 'preset':
      return {};
    case 'image': {
      const { picture = always ? noPicture : undefined, ...others } = background;
      return picture === undefined ? {} : { background: { ...others, input: inputOf(picture) } };
    }
    default:
      return { background };
  }
}
