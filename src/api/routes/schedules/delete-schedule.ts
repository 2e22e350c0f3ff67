import { Type } from 'typebox';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Remove a schedule; what it has started goes on',
  tags: ['schedules'],
  params: Type.Object({ id: Type.String() }),
  response: { 204: Type.Null() },
};

export const deleteSchedule: Route = (api, { schedules, resolveActor }) => {
  api.delete('/v1/schedules/:id', { schema }, async (request, reply) => {
    await schedules.remove(resolveActor(request), request.params.id);
    return reply.code(204).send(null);
  });
};
