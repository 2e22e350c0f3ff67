import { Type } from 'typebox';
import type { Route } from '../../deps.ts';

const schema = {
  summary: 'Send a file straight to the object store',
  description:
    'Answers with a request to send as it stands, with the file as its body; `POST /v1/assets/{id}/complete` then makes ' +
    'an asset of it. Only where objects are in a store that speaks S3.',
  tags: ['assets'],
  body: Type.Object(
    {
      name: Type.Optional(Type.String({ maxLength: 1_000 })),
      mediaType: Type.Optional(
        Type.String({
          pattern: '^[\\w.+-]{1,100}/[\\w.+-]{1,100}$',
          description: 'Sent with the file; what counts is the content.',
          default: 'application/octet-stream',
        }),
      ),
      sizeBytes: Type.Integer({ minimum: 0 }),
      sha256: Type.String({ pattern: '^[0-9a-f]{64}$', description: '64 lower-case hex digits.' }),
    },
    { additionalProperties: false },
  ),
  response: {
    201: Type.Object({
      id: Type.String({ description: 'Of the upload, and of the asset that it becomes.' }),
      url: Type.String(),
      method: Type.String(),
      headers: Type.Record(Type.String(), Type.String()),
      expiresAt: Type.String({ format: 'date-time' }),
    }),
  },
};

export const presignUpload: Route = (api, { directUploads, resolveActor }) => {
  api.post('/v1/assets/presign', { schema }, async (request, reply) => {
    const { name = null, mediaType = 'application/octet-stream', sizeBytes, sha256 } = request.body;
    const file = { name, mediaType, sizeBytes, sha256 };
    const { expiresAt, ...upload } = await directUploads.begin(resolveActor(request), file);
    return reply.code(201).send({ ...upload, headers: { ...upload.headers }, expiresAt: expiresAt.toISOString() });
  });
};
