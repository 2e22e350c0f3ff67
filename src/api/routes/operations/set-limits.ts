import { Type } from 'typebox';
import { AppError } from '#kernel/errors.ts';
import { originOf } from '../../act-origin.ts';
import type { Route } from '../../deps.ts';
import { LimitModeSchema, limitModeJson } from './get-limits.ts';

const schema = {
  summary: 'Make limits strict, or normal again',
  description:
    'All processes follow within a second. While it is `aggressive`, every limit is a quarter of what it is.',
  tags: ['operations'],
  body: Type.Object(
    {
      mode: Type.Enum(['normal', 'aggressive']),
      until: Type.Optional(
        Type.Union([Type.String({ format: 'date-time', maxLength: 40 }), Type.Null()], {
          description: 'When it shall be normal again by itself; without it, when somebody says so.',
        }),
      ),
    },
    { additionalProperties: false },
  ),
  response: { 200: LimitModeSchema },
};

export const setLimits: Route = (api, { limits, resolveActor }) => {
  api.put('/v1/ops/limits', { schema }, async (request) => {
    const { mode, until } = request.body;
    const acting = { principal: resolveActor(request), origin: originOf(request) };
    const changed = await limits.modes.change(acting, {
      mode,
      until: mode === 'normal' || until == null ? null : future(until),
    });
    return limitModeJson(changed);
  });
};

function future(text: string): Date {
  const time = new Date(text);
  if (time.getTime() > Date.now()) return time;
  throw new AppError('INVALID_PARAMETERS', `In the body: until must be a time to come, not ${text}.`, {
    extensions: { errors: [{ field: 'until', message: 'must be a time to come' }] },
  });
}
