import { type Static, Type } from 'typebox';
import type { Consent, Erasure, PrivacyExport } from '#privacy/privacy.ts';

const Moment = Type.String({ format: 'date-time' });

export const ScopeSchema = Type.Enum(['me', 'tenant'], {
  description: '`tenant`: the whole workspace; needs `privacy:write`.',
});

export const ConsentSchema = Type.Object({ purpose: Type.String(), given: Type.Boolean(), at: Moment });

export const ExportSchema = Type.Object({
  id: Type.String(),
  of: ScopeSchema,
  status: Type.Enum(['queued', 'running', 'ready', 'failed']),
  createdAt: Moment,
  expiresAt: Type.Union([Moment, Type.Null()], { description: 'When the archive goes.' }),
  sizeBytes: Type.Union([Type.Integer(), Type.Null()]),
});

export const ErasureSchema = Type.Object({
  id: Type.String(),
  of: ScopeSchema,
  status: Type.Enum(['pending', 'running', 'blocked', 'done', 'cancelled'], {
    description: '`blocked`: the person has become the last owner of a workspace.',
  }),
  dueAt: Type.String({ format: 'date-time', description: 'Until then it may be called off.' }),
});

export function toConsentJson({ at, ...consent }: Consent): Static<typeof ConsentSchema> {
  return { ...consent, at: at.toISOString() };
}

export function toExportJson({ createdAt, expiresAt, ...rest }: PrivacyExport): Static<typeof ExportSchema> {
  return { ...rest, createdAt: createdAt.toISOString(), expiresAt: expiresAt?.toISOString() ?? null };
}

export function toErasureJson({ dueAt, ...erasure }: Erasure): Static<typeof ErasureSchema> {
  return { ...erasure, dueAt: dueAt.toISOString() };
}
