/** How a thumbnail is to look, without saying of which product. Shapes and ranges: `image.thumbnail` in /v1/processors. */
export interface Design {
  /** Of a size of one's own; presets bring theirs. */
  readonly canvas: { readonly widthPx: number; readonly heightPx: number };
  readonly background: Background;
  readonly product: ProductLook;
  readonly texts: readonly TextLook[];
  readonly logo?: LogoLook | undefined;
  readonly output: OutputLook;
}

/** A picture that the server has. */
export interface Picture {
  readonly assetId: string;
  readonly name: string;
}

export interface GradientStop {
  readonly colour: string;
  readonly atPercent: number;
}

export type Background =
  | { readonly kind: 'preset' }
  | { readonly kind: 'transparent' }
  | { readonly kind: 'colour'; readonly colour: string }
  | {
      readonly kind: 'gradient';
      readonly shape: 'linear' | 'radial';
      readonly angleDegrees: number;
      readonly stops: readonly GradientStop[];
    }
  | {
      readonly kind: 'image';
      /** None yet after a template was opened: it is part of no template. */
      readonly picture?: Picture;
      readonly fit: 'cover' | 'contain' | 'tile';
      readonly colour: string;
      readonly blurPercent: number;
    }
  | { readonly kind: 'original'; readonly blurPercent: number };

export type BackgroundKind = Background['kind'];

export const anchors = [
  'top-left',
  'top',
  'top-right',
  'left',
  'centre',
  'right',
  'bottom-left',
  'bottom',
  'bottom-right',
] as const;
export type Anchor = (typeof anchors)[number];

/** Where something is that was moved from its anchor. */
export interface Offset {
  readonly offsetXPercent: number;
  readonly offsetYPercent: number;
}

export interface ProductLook extends Offset {
  readonly cutout: boolean;
  /** Left out: the preset's. */
  readonly marginPercent?: number;
  readonly anchor: Anchor;
  readonly scalePercent: number;
  readonly rotateDegrees: number;
  readonly mirror: boolean;
  readonly shadow: ShadowLook;
}

export const shadowKinds = ['none', 'contact', 'drop', 'reflection'] as const;
export type ShadowKind = (typeof shadowKinds)[number];

export interface ShadowLook {
  readonly kind: ShadowKind;
  readonly opacityPercent?: number;
  readonly softnessPercent?: number;
  readonly angleDegrees?: number;
  readonly distancePercent?: number;
}

export const textKinds = ['price', 'oldPrice', 'discount', 'text'] as const;
export type TextKind = (typeof textKinds)[number];

/** What is left out follows the kind. */
export interface TextLook extends Offset {
  /** Tells one text from another while they are edited. */
  readonly key: string;
  readonly kind: TextKind;
  readonly text: string;
  readonly font: string;
  readonly sizePercent?: number;
  readonly weight?: number;
  readonly colour?: string;
  readonly outline?: { readonly colour: string; readonly widthPercent: number };
  readonly box?: { readonly colour: string; readonly paddingPercent: number; readonly radiusPercent: number };
  readonly anchor?: Anchor;
  readonly maxWidthPercent: number;
  readonly maxLines: number;
  readonly align?: 'left' | 'centre' | 'right';
  readonly rotateDegrees: number;
}

export interface LogoLook extends Offset {
  readonly picture?: Picture;
  readonly anchor: Anchor;
  readonly widthPercent: number;
  readonly opacityPercent: number;
  readonly tile: boolean;
}

export interface OutputLook {
  readonly format?: 'jpeg' | 'png' | 'webp' | 'avif';
  readonly compression: number;
  readonly maxBytes?: number;
}

export const maxTexts = 12;

export const newDesign: Design = {
  canvas: { widthPx: 1_200, heightPx: 1_200 },
  background: { kind: 'preset' },
  product: {
    cutout: true,
    anchor: 'centre',
    offsetXPercent: 0,
    offsetYPercent: 0,
    scalePercent: 100,
    rotateDegrees: 0,
    mirror: false,
    shadow: { kind: 'none' },
  },
  texts: [],
  output: { compression: 90 },
};

/** What the server takes for what a text of this kind leaves out; shown in fields that follow it. */
export const textDefaults: Readonly<
  Record<TextKind, Required<Pick<TextLook, 'sizePercent' | 'weight' | 'colour' | 'anchor'>> & Pick<TextLook, 'box'>>
> = {
  text: { sizePercent: 5, weight: 600, colour: '#1b1f24', anchor: 'top' },
  price: { sizePercent: 9, weight: 800, colour: '#1b1f24', anchor: 'bottom-left' },
  oldPrice: { sizePercent: 4.5, weight: 500, colour: '#6b7280', anchor: 'bottom-left' },
  discount: {
    sizePercent: 6,
    weight: 800,
    colour: '#ffffff',
    anchor: 'top-right',
    box: { colour: '#d90429', paddingPercent: 35, radiusPercent: 30 },
  },
};

/** The same for shadows. */
export const shadowDefaults: Readonly<Record<ShadowKind, Required<Omit<ShadowLook, 'kind'>>>> = {
  none: { opacityPercent: 0, softnessPercent: 0, angleDegrees: 90, distancePercent: 0 },
  drop: { opacityPercent: 34, softnessPercent: 3, angleDegrees: 60, distancePercent: 4 },
  contact: { opacityPercent: 60, softnessPercent: 3, angleDegrees: 90, distancePercent: 0 },
  reflection: { opacityPercent: 32, softnessPercent: 0.4, angleDegrees: 90, distancePercent: 0 },
};

export function newBackground(kind: BackgroundKind): Background {
  switch (kind) {
    case 'colour':
      return { kind, colour: '#f1efe9' };
    case 'gradient':
      return {
        kind,
        shape: 'linear',
        angleDegrees: 180,
        stops: [
          { colour: '#ffffff', atPercent: 0 },
          { colour: '#dfe7e3', atPercent: 100 },
        ],
      };
    case 'image':
      return { kind, fit: 'cover', colour: '#ffffff', blurPercent: 0 };
    case 'original':
      return { kind, blurPercent: 4 };
    default:
      return { kind };
  }
}

/** @param text what it says at first, in the reader's language */
export function newText(kind: TextKind, text: string): TextLook {
  return {
    key: crypto.randomUUID(),
    kind,
    text,
    font: 'Inter',
    offsetXPercent: 0,
    offsetYPercent: 0,
    maxWidthPercent: 92,
    maxLines: 2,
    rotateDegrees: 0,
  };
}

export function newLogo(picture: Picture): LogoLook {
  return {
    picture,
    anchor: 'bottom-right',
    offsetXPercent: 0,
    offsetYPercent: 0,
    widthPercent: 18,
    opacityPercent: 100,
    tile: false,
  };
}
