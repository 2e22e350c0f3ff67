import { Type } from 'typebox';
import type { Route } from '../../deps.ts';

const bilingual = Type.Object({ en: Type.String(), 'pt-BR': Type.String() });

const preset = Type.Object({
  id: Type.String(),
  title: bilingual,
  channel: Type.String(),
  widthPx: Type.Integer(),
  heightPx: Type.Integer(),
  marginPercent: Type.Number(),
  background: Type.String(),
  format: Type.String(),
  maxBytes: Type.Optional(Type.Integer()),
  checks: Type.Array(
    Type.Object({
      code: Type.String(),
      min: Type.Optional(Type.Number()),
      max: Type.Optional(Type.Number()),
      allowed: Type.Optional(Type.Array(Type.String())),
    }),
  ),
  source: Type.Object({
    title: Type.String(),
    url: Type.String(),
    readOn: Type.Union([Type.String(), Type.Null()], {
      description: 'When the rule was read there; null where it is as commonly known and could not be read.',
    }),
    note: Type.Optional(Type.String({ description: 'What of the preset is not in the source.' })),
  }),
});

const schema = {
  summary: 'What marketplaces and social networks ask of their pictures',
  tags: ['processors'],
  response: { 200: Type.Object({ presets: Type.Array(preset) }) },
};

export const listPresets: Route = (api, { processors }) => {
  const presets = processors.flatMap((processor) =>
    (processor.presets ?? []).map(({ checks, ...rest }) => ({
      ...rest,
      checks: checks.map(({ allowed, ...check }) => (allowed ? { ...check, allowed: [...allowed] } : check)),
    })),
  );
  api.get('/v1/presets', { schema }, async () => ({ presets }));
};
