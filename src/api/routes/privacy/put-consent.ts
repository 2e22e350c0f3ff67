import { Type } from 'typebox';
import { originOf } from '../../act-origin.ts';
import type { Route } from '../../deps.ts';
import { ConsentSchema, toConsentJson } from '../../privacy-json.ts';

const schema = {
  summary: 'Give your consent to a purpose, or take it back',
  description: 'Every change is kept, with its time.',
  tags: ['privacy'],
  body: Type.Object(
    {
      purpose: Type.String({ pattern: '^[a-z][a-z0-9-]{0,63}$', description: 'Such as `product-news`.' }),
      given: Type.Boolean(),
    },
    { additionalProperties: false },
  ),
  response: { 200: ConsentSchema },
};

export const putConsent: Route = (api, { privacy, resolveActor }) => {
  api.put('/v1/privacy/consents', { schema }, async (request) => {
    const { purpose, given } = request.body;
    return toConsentJson(await privacy.consent(resolveActor(request), purpose, given, originOf(request)));
  });
};
