import { Type } from 'typebox';
import { mebibyte } from '#kernel/units.ts';
import type { Route } from '../../deps.ts';
import { ScheduleNameSchema, ScheduleSchema, scheduleFields, toScheduleJson, workOf } from '../../schedule-json.ts';

const schema = {
  summary: 'Change a schedule, or pause and resume it',
  description: 'Times that went by while it was paused are not made up for.',
  tags: ['schedules'],
  params: Type.Object({ id: Type.String() }),
  body: Type.Object(
    {
      name: Type.Optional(Type.Union([ScheduleNameSchema, Type.Null()])),
      ...Type.Partial(Type.Object(scheduleFields)).properties,
    },
    { additionalProperties: false, minProperties: 1 },
  ),
  response: { 200: ScheduleSchema },
};

export const updateSchedule: Route = (api, { schedules, resolveActor }) => {
  api.patch('/v1/schedules/:id', { schema, bodyLimit: mebibyte }, async (request) => {
    const { job, batch, pipeline, ...rest } = request.body;
    const work = workOf({ ...(job && { job }), ...(batch && { batch }), ...(pipeline && { pipeline }) });
    const change = { ...rest, ...(work && { work }) };
    return toScheduleJson(await schedules.update(resolveActor(request), request.params.id, change));
  });
};
