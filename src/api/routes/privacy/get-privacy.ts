import { Type } from 'typebox';
import type { Route } from '../../deps.ts';
import {
  ConsentSchema,
  ErasureSchema,
  ExportSchema,
  toConsentJson,
  toErasureJson,
  toExportJson,
} from '../../privacy-json.ts';

const OrForEver = Type.Union([Type.Integer(), Type.Null()]);

const schema = {
  summary: 'What you agreed to, how long what is kept, copies of your data and its erasure',
  tags: ['privacy'],
  querystring: Type.Object({}, { additionalProperties: false }),
  response: {
    200: Type.Object({
      consents: Type.Array(ConsentSchema),
      retention: Type.Object(
        {
          resultTtlSeconds: OrForEver,
          auditRetentionDays: OrForEver,
          exportDays: Type.Integer(),
          erasureGraceDays: Type.Number(),
        },
        { description: 'Null: for ever.' },
      ),
      exports: Type.Array(ExportSchema),
      erasures: Type.Array(ErasureSchema),
    }),
  },
};

export const getPrivacy: Route = (api, { privacy, resolveActor }) => {
  api.get('/v1/privacy', { schema }, async (request) => {
    const { consents, retention, exports, erasures } = await privacy.overview(resolveActor(request));
    return {
      consents: consents.map(toConsentJson),
      retention,
      exports: exports.map(toExportJson),
      erasures: erasures.map(toErasureJson),
    };
  });
};
