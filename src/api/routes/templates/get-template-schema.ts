import { templateSchema } from '#processors/shared/template/template.ts';
import type { Route } from '../../deps.ts';

const schema = { summary: 'The JSON Schema of a template’s document', tags: ['templates'] };

export const getTemplateSchema: Route = (api) => {
  const text = JSON.stringify(templateSchema);
  api.get('/v1/templates/schema', { schema }, async (_request, reply) =>
    reply.header('content-type', 'application/schema+json').send(text),
  );
};
