import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import { TemplateDocumentBody, TemplateSchema, toTemplateJson, versionTag } from '../../template-json.ts';

const schema = {
  summary: 'Save a new version of a template',
  description:
    'With `If-Match: "3"` only if version 3 is the newest: 409 TEMPLATE_CHANGED tells that somebody was quicker. Without it the last one wins; every version is kept. The same document again is no new version.',
  tags: ['templates'],
  params: Type.Object({ id: Type.String() }),
  headers: Type.Object({
    'if-match': Type.Optional(Type.String({ pattern: '^(\\*|(W/)?"[1-9][0-9]{0,8}")$' })),
  }),
  body: TemplateDocumentBody,
  response: { 200: TemplateSchema },
};

export const updateTemplate: Route = (api, { templates, resolveActor }) => {
  api.put('/v1/templates/:id', { schema }, async (request, reply) => {
    const version = /\d+/.exec(request.headers['if-match'] ?? '')?.[0];
    const expected = version === undefined ? undefined : Number(version);
    const template = await templates.update(resolveActor(request), request.params.id, request.body, expected);
    return reply.header('etag', versionTag(template)).send(toTemplateJson(template));
  });
};
