import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { TemplateSchema, TemplateVersionNumber, toTemplateJson, versionTag } from '../../template-json.ts';

const schema = {
  summary: 'A template in its newest version, or in another',
  description: 'The `ETag` is the version: send it as `If-Match` with a change that was made on it.',
  tags: ['templates'],
  params: Type.Object({ id: Type.String() }),
  querystring: Type.Object({ version: Type.Optional(TemplateVersionNumber) }, { additionalProperties: false }),
  response: { 200: TemplateSchema },
};

export const getTemplate: Route = (api, { templates, resolveActor }) => {
  api.get('/v1/templates/:id', { schema }, async (request, reply) => {
    const template = await templates.get(resolveActor(request), request.params.id, request.query.version);
    return reply.header('etag', versionTag(template)).send(toTemplateJson(template));
  });
};
