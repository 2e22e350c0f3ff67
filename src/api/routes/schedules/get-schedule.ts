import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { ScheduleSchema, toScheduleJson } from '../../schedule-json.ts';

const schema = {
  summary: 'A schedule, with its next time and its last run',
  tags: ['schedules'],
  params: Type.Object({ id: Type.String() }),
  response: { 200: ScheduleSchema },
};

export const getSchedule: Route = (api, { schedules, resolveActor }) => {
  api.get('/v1/schedules/:id', { schema }, async (request) =>
    toScheduleJson(await schedules.get(resolveActor(request), request.params.id)),
  );
};
