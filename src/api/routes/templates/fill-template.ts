import { Type } from 'typebox';
import { fillTemplate as fill, maxValueChars } from '#processors/shared/template/template.ts';
import type { Route } from '../../deps.ts';
import { TemplateVersionNumber } from '../../template-json.ts';

const anyObject = Type.Record(Type.String(), Type.Unknown());

const schema = {
  summary: 'The parameters that a template gives for one product',
  description: 'Fills the gaps of its newest version, or of another. A value stays text. Send `params` with a job.',
  tags: ['templates'],
  params: Type.Object({ id: Type.String() }),
  body: Type.Object(
    {
      fields: Type.Optional(Type.Record(Type.String(), Type.String({ maxLength: maxValueChars }))),
      version: Type.Optional(TemplateVersionNumber),
    },
    { additionalProperties: false },
  ),
  response: { 200: Type.Object({ processor: Type.String(), version: Type.Integer(), params: anyObject }) },
};

export const fillTemplate: Route = (api, { templates, resolveActor }) => {
  api.post('/v1/templates/:id/fill', { schema }, async (request) => {
    const { fields = {}, version: wanted } = request.body;
    const { version, document } = await templates.get(resolveActor(request), request.params.id, wanted);
    return { processor: document.processor, version, params: fill(document, fields) };
  });
};
