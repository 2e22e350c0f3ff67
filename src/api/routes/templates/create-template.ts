import type { Route } from '../../deps.ts';
import { TemplateDocumentBody, TemplateSchema, toTemplateJson, versionTag } from '../../template-json.ts';

const schema = {
  summary: 'Save a template',
  description: 'The body is its document, as `GET /v1/templates/schema` says; 64 KiB at most, with a name of its own.',
  tags: ['templates'],
  body: TemplateDocumentBody,
  response: { 201: TemplateSchema },
};

export const createTemplate: Route = (api, { templates, resolveActor }) => {
  api.post('/v1/templates', { schema }, async (request, reply) => {
    const template = await templates.create(resolveActor(request), request.body);
    reply.code(201).header('location', `/v1/templates/${template.id}`).header('etag', versionTag(template));
    return reply.send(toTemplateJson(template));
  });
};
