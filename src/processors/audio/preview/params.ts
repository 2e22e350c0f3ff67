import { type Static, Type } from 'typebox';

export const previewParams = Type.Object(
  {
    bitrateKbps: Type.Union([Type.Literal(128), Type.Literal(160), Type.Literal(192)], {
      default: 160,
      description: 'Of the MP3.',
    }),
    tiles: Type.Boolean({ default: true, description: 'Also draw the spectrogram, in tiles.' }),
  },
  { additionalProperties: false },
);

export type PreviewParams = Static<typeof previewParams>;
