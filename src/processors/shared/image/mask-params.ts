import { type Static, Type } from 'typebox';
import { maxModelNameChars, modelNamePattern } from '../models/model-descriptor.ts';

/** It comes with Esteira. */
export const defaultModel = 'isnet';

/** How the subject is found: shared by every processor that works from a mask. */
export const maskProperties = {
  quality: Type.Enum(['auto', 'best', 'balanced', 'fast'], {
    default: 'auto',
    description:
      'How closely the model looks: best at 1024 px in full precision, balanced at 768 px, fast at 512 px; ' +
      'auto looks quickly and once more at best when it is unsure. Models that were added have one look only.',
  }),
  model: Type.String({
    default: defaultModel,
    pattern: modelNamePattern,
    maxLength: maxModelNameChars,
    description: `The segmentation model: ${defaultModel}, or one that was added to the server (GET /v1/models).`,
  }),
};

export const maskParams = Type.Object(maskProperties, { additionalProperties: false });

export type MaskParams = Static<typeof maskParams>;
