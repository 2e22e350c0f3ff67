import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { PageQuery, pageOf } from '../../paging.ts';
import { TemplatePageSchema, toTemplateJson } from '../../template-json.ts';

const schema = {
  summary: 'List templates, newest first, each in its newest version',
  tags: ['templates'],
  querystring: Type.Object(PageQuery, { additionalProperties: false }),
  response: { 200: TemplatePageSchema },
};

export const listTemplates: Route = (api, { templates, resolveActor }) => {
  api.get('/v1/templates', { schema }, async (request) => {
    const { items, nextCursor } = await templates.list(resolveActor(request), pageOf(request.query));
    return { items: items.map(toTemplateJson), nextCursor };
  });
};
