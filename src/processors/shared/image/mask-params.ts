import { type Static, Type } from 'typebox';

/** How the subject is found: shared by every processor that works from a mask. */
export const maskProperties = {
  quality: Type.Enum(['auto', 'best', 'balanced', 'fast'], {
    default: 'auto',
    description:
      'How closely the model looks: best at 1024 px in full precision, balanced at 768 px, fast at 512 px; ' +
      'auto looks quickly and once more at best when it is unsure.',
  }),
  model: Type.Enum(['isnet'], { default: 'isnet', description: 'The segmentation model.' }),
};

export const maskParams = Type.Object(maskProperties, { additionalProperties: false });

export type MaskParams = Static<typeof maskParams>;
