import { Type } from 'typebox';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Is the process alive?',
  tags: ['operations'],
  response: { 200: Type.Object({ status: Type.Literal('alive') }) },
};

/** Says nothing about what the process depends on: restarting it would not mend that. */
export const getLivez: Route = (api) => {
  api.get('/livez', { schema }, async () => ({ status: 'alive' as const }));
};
