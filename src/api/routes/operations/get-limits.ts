import { Type } from 'typebox';
import type { LimitMode } from '#limits/limit-modes.ts';
import type { Route } from '../../deps.ts';

export const LimitModeSchema = Type.Object({
  mode: Type.Enum(['normal', 'aggressive'], { description: '`aggressive`: every limit is a quarter of what it is.' }),
  until: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
    description: 'When it is normal again by itself; null: when somebody says so.',
  }),
});

const schema = {
  summary: 'How strict limits are',
  description: 'Of all processes together.',
  tags: ['operations'],
  response: { 200: LimitModeSchema },
};

export const getLimits: Route = (api, { limits }) => {
  api.get('/v1/ops/limits', { schema }, async () => limitModeJson(limits.modes.current()));
};

export function limitModeJson({ mode, until }: LimitMode): {
  mode: LimitMode['mode'];
  until: string | null;
} {
  return { mode, until: until?.toISOString() ?? null };
}
