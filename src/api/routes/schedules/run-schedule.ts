import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { ScheduleSchema, toScheduleJson } from '../../schedule-json.ts';

const schema = {
  summary: 'Start what a schedule asks for now',
  description: 'Also while it is paused, or its last run goes on. `lastRun.id` says what was started.',
  tags: ['schedules'],
  params: Type.Object({ id: Type.String() }),
  response: { 202: ScheduleSchema },
};

export const runSchedule: Route = (api, { schedules, resolveActor }) => {
  api.post('/v1/schedules/:id/run', { schema }, async (request, reply) =>
    reply.code(202).send(toScheduleJson(await schedules.run(resolveActor(request), request.params.id))),
  );
};
