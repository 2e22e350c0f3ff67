import { type Static, Type } from 'typebox';

/** How long is kept what tells of people; `configSchema` takes these in. */
export const privacyVariables = {
  ESTEIRA_AUDIT_RETENTION_DAYS: Type.Integer({
    description:
      'How long acts stay on record where a plan does not say, and those of the server itself; 0 keeps them.',
    default: 365,
    minimum: 0,
    maximum: 36_500,
    unit: 'days',
  }),
  ESTEIRA_ERASURE_GRACE_DAYS: Type.Integer({
    description: 'How long people may call off that their data, or that of a workspace, is erased.',
    default: 7,
    minimum: 0,
    maximum: 30,
    unit: 'days',
  }),
};

const dayMs = 86_400_000;
const privacySchema = Type.Object(privacyVariables);

export interface PrivacyConfig {
  /** Null: for ever. */
  readonly auditRetentionDays: number | null;
  readonly erasureGraceMs: number;
}

export function privacyConfig(settings: Static<typeof privacySchema>): PrivacyConfig {
  return {
    auditRetentionDays: settings.ESTEIRA_AUDIT_RETENTION_DAYS || null,
    erasureGraceMs: settings.ESTEIRA_ERASURE_GRACE_DAYS * dayMs,
  };
}
