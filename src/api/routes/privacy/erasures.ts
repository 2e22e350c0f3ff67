import { Type } from 'typebox';
import { originOf } from '../../act-origin.ts';
import type { Route } from '../../deps.ts';
import { ErasureSchema, ScopeSchema, toErasureJson } from '../../privacy-json.ts';

const tags = ['privacy'];

const create = {
  summary: 'Have everything erased that is kept of you, or your workspace',
  description:
    'Rows, files, what was made of them, copies, shares, keys and sessions go when the grace period ends; on record stays that ' +
    'something was done, without whom. Until then it may be called off.',
  tags,
  body: Type.Object(
    {
      of: ScopeSchema,
      confirm: Type.String({ maxLength: 320, description: 'Your address; of a workspace, its name.' }),
    },
    { additionalProperties: false },
  ),
  response: { 202: ErasureSchema },
};

export const createErasure: Route = (api, { privacy, resolveActor }) => {
  api.post('/v1/privacy/erasures', { schema: create }, async (request, reply) => {
    const { of, confirm } = request.body;
    const erasure = await privacy.requestErasure(resolveActor(request), of, confirm, originOf(request));
    return reply.code(202).send(toErasureJson(erasure));
  });
};

const cancel = {
  summary: 'Call an erasure off, while its grace period lasts',
  tags,
  params: Type.Object({ id: Type.String() }),
  response: { 204: Type.Null() },
};

export const callErasureOff: Route = (api, { privacy, resolveActor }) => {
  api.delete('/v1/privacy/erasures/:id', { schema: cancel }, async (request, reply) => {
    await privacy.callOff(resolveActor(request), request.params.id, originOf(request));
    return reply.code(204).send(null);
  });
};
