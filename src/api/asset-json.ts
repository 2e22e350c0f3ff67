import { type Static, Type } from 'typebox';
import type { Asset } from '#assets/asset.ts';

export const AssetSchema = Type.Object(
  {
    id: Type.String(),
    sha256: Type.String(),
    mediaType: Type.String({ description: 'As recognised from the content.' }),
    sizeBytes: Type.Integer(),
    widthPx: Type.Optional(Type.Integer()),
    heightPx: Type.Optional(Type.Integer()),
    frames: Type.Optional(Type.Integer()),
    durationSeconds: Type.Optional(Type.Number()),
    name: Type.Union([Type.String(), Type.Null()]),
    createdAt: Type.String({ format: 'date-time' }),
  },
  { description: 'A file that was received whole and recognised by its content.' },
);

export type AssetJson = Static<typeof AssetSchema>;

export const AssetPageSchema = Type.Object({
  items: Type.Array(AssetSchema),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

export function toAssetJson(asset: Asset): AssetJson {
  return { ...asset, createdAt: asset.createdAt.toISOString() };
}
