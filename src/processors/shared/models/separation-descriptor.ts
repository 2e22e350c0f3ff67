import { type Static, Type } from 'typebox';
import { describedModel } from './model-descriptor.ts';

/** How published separation networks are fed and read; N samples, T frames, B bins, S stems. */
export const separationShapes = ['demucs', 'open-unmix', 'spleeter'] as const;

/** What a network may say that its outputs are. */
export const stemNames = ['vocals', 'drums', 'bass', 'guitar', 'piano', 'other', 'accompaniment'] as const;
export type StemName = (typeof stemNames)[number];

export const normalisations = ['none', 'segment', 'track'] as const;

/** What must be known of a separation network to run it, and which bytes it is. */
export const separationDescriptorSchema = Type.Object(
  {
    ...describedModel,
    kind: Type.Literal('separation'),
    shape: Type.Enum([...separationShapes], {
      description:
        'demucs: samples [1,2,N] become stems [1,S,2,N]. open-unmix: magnitudes [1,2,B,T] become those of one stem an output. ' +
        'spleeter: the same as [1,2,T,B].',
    }),
    sampleRateHz: Type.Integer({ minimum: 8_000, maximum: 192_000, description: 'Of the music it was trained with.' }),
    stems: Type.Array(Type.Enum([...stemNames]), {
      minItems: 1,
      maxItems: stemNames.length,
      uniqueItems: true,
      description: 'What its outputs are, in their order.',
    }),
    outputNames: Type.Array(Type.String({ minLength: 1, maxLength: 512 }), {
      minItems: 1,
      maxItems: stemNames.length,
      description: 'One for all stems, or one for each.',
    }),
    segment: Type.Integer({ minimum: 2, maximum: 2 ** 25, description: 'What it takes at once: N, or T.' }),
    overlap: Type.Number({
      minimum: 0,
      maximum: 0.9,
      description: 'Part of a segment that the next one covers again.',
    }),
    normalisation: Type.Enum([...normalisations], {
      description:
        'Whether samples are brought to mean 0 and deviation 1, over each segment or over the whole recording.',
    }),
    fftSize: Type.Optional(
      Type.Integer({ minimum: 256, maximum: 32_768, description: 'Of magnitudes; a power of two.' }),
    ),
    hop: Type.Optional(Type.Integer({ minimum: 64, maximum: 16_384, description: 'Samples between frames.' })),
    bins: Type.Optional(
      Type.Integer({ minimum: 16, maximum: 16_385, description: 'B: how many bins from 0 Hz it takes.' }),
    ),
  },
  { additionalProperties: false },
);

export type SeparationDescriptor = Static<typeof separationDescriptorSchema>;
