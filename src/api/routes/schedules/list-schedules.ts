import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { PageQuery, pageOf } from '../../paging.ts';
import { SchedulePageSchema, toScheduleJson } from '../../schedule-json.ts';

const schema = {
  summary: 'List schedules, newest first',
  tags: ['schedules'],
  querystring: Type.Object(PageQuery, { additionalProperties: false }),
  response: { 200: SchedulePageSchema },
};

export const listSchedules: Route = (api, { schedules, resolveActor }) => {
  api.get('/v1/schedules', { schema }, async (request) => {
    const { items, nextCursor } = await schedules.list(resolveActor(request), pageOf(request.query));
    return { items: items.map(toScheduleJson), nextCursor };
  });
};
