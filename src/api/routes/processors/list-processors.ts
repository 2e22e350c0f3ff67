import { Type } from 'typebox';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'What kinds of work this server does',
  tags: ['processors'],
  response: {
    200: Type.Object({
      items: Type.Array(
        Type.Object({
          name: Type.String(),
          version: Type.Integer(),
          title: Type.Object({ en: Type.String(), 'pt-BR': Type.String() }),
          accepts: Type.Array(Type.String(), { description: 'Media types of inputs.' }),
          inputs: Type.Object({ min: Type.Integer(), max: Type.Integer() }),
          params: Type.Unknown({ description: 'JSON Schema of the parameters.' }),
        }),
      ),
    }),
  },
};

export const listProcessors: Route = (api, { processors }) => {
  const items = processors.map(({ name, version, title, accepts, inputs, params }) => ({
    name,
    version,
    title,
    accepts: [...accepts],
    inputs,
    params,
  }));
  api.get('/v1/processors', { schema }, async () => ({ items }));
};
