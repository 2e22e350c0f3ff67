import type { FastifyReply, FastifyRequest } from 'fastify';
import { Type } from 'typebox';
import { AppError } from '#kernel/errors.ts';
import type { Route, RouteDeps } from '../../deps.ts';
import {
  bytesIn,
  checkPieceType,
  checksumIn,
  checkVersion,
  describeUpload,
  pieceOf,
  uploadsPath,
} from '../../tus-protocol.ts';
import { receiving } from '../../upload.ts';

const params = Type.Object({ id: Type.String() });
const tags = ['uploads'];

type UploadRequest = FastifyRequest<{ Params: { id: string } }>;

/** The three things that can be done to an upload, each also as a POST that names its method in a header. */
export const resumeUpload: Route = (api, deps) => {
  const actions = { HEAD: describe, PATCH: append, DELETE: remove };
  for (const [method, action] of Object.entries(actions)) {
    const schema = { params, tags, summary: summaries[method as keyof typeof actions] };
    const options = { schema, validatorCompiler: () => () => true };
    api.route<{ Params: { id: string } }>({
      ...options,
      method,
      url: `${uploadsPath}/:id`,
      handler: async (request, reply) => {
        checkVersion(request, reply);
        return await action(request, reply, deps);
      },
    });
  }

  const schema = {
    params,
    tags,
    summary: 'The same for clients that can only POST',
    description: '`X-HTTP-Method-Override` says what is meant: `PATCH`, `HEAD` or `DELETE`.',
  };
  api.post(`${uploadsPath}/:id`, { schema, validatorCompiler: () => () => true }, async (request, reply) => {
    const method = String(request.headers['x-http-method-override'] ?? '').toUpperCase();
    const action = Object.hasOwn(actions, method) ? actions[method as keyof typeof actions] : undefined;
    if (action === undefined) {
      const allow = ['DELETE', 'HEAD', 'OPTIONS', 'PATCH'];
      throw new AppError('METHOD_NOT_ALLOWED', `This address takes ${allow.join(', ')}.`, { extensions: { allow } });
    }
    checkVersion(request, reply);
    return await action(request, reply, deps);
  });
};

const summaries = {
  HEAD: 'Ask how far an upload is',
  PATCH: 'Send the next piece of an upload',
  DELETE: 'Give up an upload',
} as const;

async function describe(request: UploadRequest, reply: FastifyReply, deps: RouteDeps): Promise<FastifyReply> {
  const upload = await deps.uploads.get(deps.resolveActor(request), request.params.id);
  describeUpload(reply, upload);
  if (upload.sizeBytes === null) reply.header('upload-defer-length', '1');
  else reply.header('upload-length', String(upload.sizeBytes));
  if (upload.metadata !== null) reply.header('upload-metadata', upload.metadata);
  return reply.code(200).send();
}

async function append(request: UploadRequest, reply: FastifyReply, deps: RouteDeps): Promise<FastifyReply> {
  const { headers } = request;
  const actor = deps.resolveActor(request);
  const offset = bytesIn(headers, 'upload-offset');
  const sizeBytes = bytesIn(headers, 'upload-length');
  checkPieceType(request);
  if (offset === undefined) throw new AppError('BAD_REQUEST', 'Send Upload-Offset: where the piece begins.');
  const checksum = checksumIn(headers);
  const upload = await receiving(request, deps, async () => {
    const piece = { ...pieceOf(request, deps.closing), sizeBytes, checksum };
    return await deps.uploads.append(actor, request.params.id, offset, piece);
  });
  describeUpload(reply, upload);
  return reply.code(204).send();
}

async function remove(request: UploadRequest, reply: FastifyReply, deps: RouteDeps): Promise<FastifyReply> {
  await deps.uploads.remove(deps.resolveActor(request), request.params.id);
  return reply.code(204).send();
}
