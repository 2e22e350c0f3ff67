import { Type } from 'typebox';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Segmentation models that jobs may name',
  tags: ['processors'],
  response: {
    200: Type.Object({
      items: Type.Array(
        Type.Object({
          name: Type.String({ description: 'For the parameter `model`.' }),
          builtIn: Type.Boolean({ description: 'It comes with Esteira.' }),
          state: Type.Enum(['ready', 'damaged'], { description: 'Damaged: its file is missing or has another size.' }),
          licence: Type.String(),
          source: Type.String(),
          inputSizePx: Type.Optional(Type.Integer({ description: 'Side of the square that it looks at.' })),
          stems: Type.Optional(Type.Array(Type.String(), { description: 'What it tells apart in music.' })),
          sha256: Type.Optional(Type.String()),
        }),
      ),
    }),
  },
};

export const listModels: Route = (api, { models }) => {
  api.get('/v1/models', { schema }, async () => ({ items: await models() }));
};
