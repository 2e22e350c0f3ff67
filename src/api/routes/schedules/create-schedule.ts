import { Type } from 'typebox';
import { mebibyte } from '#kernel/units.ts';
import type { Route } from '../../deps.ts';
import {
  oneOfThree,
  ScheduleNameSchema,
  ScheduleSchema,
  scheduleFields,
  toScheduleJson,
  workOf,
} from '../../schedule-json.ts';

const { cron, ...others } = scheduleFields;

const schema = {
  summary: 'Ask for a job, a batch or a pipeline at set times',
  description:
    'What it starts is checked now, as if it were started. Each time starts it once, within a second or so. Times that went by while no worker ran are one run. Where clocks are set forward, a time of day that does not exist is made up for after the gap; where they are set back, one that exists twice is taken once.',
  tags: ['schedules'],
  body: Type.Object(
    { name: Type.Optional(ScheduleNameSchema), cron, ...Type.Partial(Type.Object(others)).properties },
    { additionalProperties: false },
  ),
  response: { 201: ScheduleSchema },
};

/** The largest request that is kept, and some room. */
const bodyLimit = mebibyte;

export const createSchedule: Route = (api, { schedules, resolveActor }) => {
  api.post('/v1/schedules', { schema, bodyLimit }, async (request, reply) => {
    const { job, batch, pipeline, ...rest } = request.body;
    const work = workOf({ ...(job && { job }), ...(batch && { batch }), ...(pipeline && { pipeline }) });
    if (work === undefined) throw oneOfThree();
    const schedule = await schedules.create(resolveActor(request), { ...rest, work });
    return reply.code(201).header('location', `/v1/schedules/${schedule.id}`).send(toScheduleJson(schedule));
  });
};
