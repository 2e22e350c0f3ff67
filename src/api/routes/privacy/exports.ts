import { Type } from 'typebox';
import { originOf } from '../../act-origin.ts';
import type { Route } from '../../deps.ts';
import { ExportSchema, ScopeSchema, toExportJson } from '../../privacy-json.ts';

const tags = ['privacy'];

const create = {
  summary: 'Ask for a copy of everything that is kept of you, or of your workspace',
  description: 'It is made in the background and kept for three days. While one is being made, that one is the answer.',
  tags,
  body: Type.Object({ of: ScopeSchema }, { additionalProperties: false }),
  response: { 202: ExportSchema },
};

export const createExport: Route = (api, { privacy, resolveActor }) => {
  api.post('/v1/privacy/exports', { schema: create }, async (request, reply) => {
    const made = await privacy.requestExport(resolveActor(request), request.body.of, originOf(request));
    return reply.code(202).send(toExportJson(made));
  });
};

const get = {
  summary: 'How far a copy is',
  tags,
  params: Type.Object({ id: Type.String() }),
  response: { 200: ExportSchema },
};

export const getExport: Route = (api, { privacy, resolveActor }) => {
  api.get('/v1/privacy/exports/:id', { schema: get }, async (request) =>
    toExportJson(await privacy.export(resolveActor(request), request.params.id)),
  );
};
