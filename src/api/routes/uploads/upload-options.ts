import type { FastifyReply } from 'fastify';
import { checksumAlgorithms } from '#assets/uploads/upload.ts';
import type { Route } from '../../deps.ts';
import { tusVersion, uploadsPath } from '../../tus-protocol.ts';

const schema = { summary: 'What uploads in pieces can do here', tags: ['uploads'] };

/** What of tus there is; a browser's preflight was answered before. */
export const uploadOptions: Route = (api, { uploads, config }) => {
  const answer = async (_request: unknown, reply: FastifyReply) =>
    reply
      .code(204)
      .headers({
        'tus-resumable': tusVersion,
        'tus-version': tusVersion,
        'tus-extension': [...uploads.extensions, 'checksum'].join(','),
        'tus-max-size': String(config.maxUploadBytes),
        'tus-checksum-algorithm': checksumAlgorithms.join(','),
      })
      .send();
  api.options(uploadsPath, { schema }, answer);
  api.options(`${uploadsPath}/:id`, { schema }, answer);
};
