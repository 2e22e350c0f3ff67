import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { PageQuery, pageOf } from '../../paging.ts';
import { TemplatePageSchema, toTemplateJson } from '../../template-json.ts';

const schema = {
  summary: 'Every version that a template has been, newest first',
  tags: ['templates'],
  params: Type.Object({ id: Type.String() }),
  querystring: Type.Object(PageQuery, { additionalProperties: false }),
  response: { 200: TemplatePageSchema },
};

export const listTemplateVersions: Route = (api, { templates, resolveActor }) => {
  api.get('/v1/templates/:id/versions', { schema }, async (request) => {
    const actor = resolveActor(request);
    const { items, nextCursor } = await templates.versions(actor, request.params.id, pageOf(request.query));
    return { items: items.map(toTemplateJson), nextCursor };
  });
};
