import { Type } from 'typebox';

export const decodeParams = Type.Object({}, { additionalProperties: false });
