/** Our names for the library's tables and columns: those of migration 0011. */
const times = { createdAt: 'created_at', updatedAt: 'updated_at' } as const;

export const personTable = {
  modelName: 'people',
  fields: { ...times, emailVerified: 'email_verified' },
} as const;

export const sessionTable = {
  modelName: 'sessions',
  fields: {
    ...times,
    userId: 'person_id',
    expiresAt: 'expires_at',
    ipAddress: 'ip_address',
    userAgent: 'user_agent',
  },
} as const;

export const credentialTable = {
  modelName: 'credentials',
  fields: {
    ...times,
    userId: 'person_id',
    providerId: 'provider',
    accountId: 'account_id',
    accessToken: 'access_token',
    accessTokenExpiresAt: 'access_token_expires_at',
    refreshToken: 'refresh_token',
    refreshTokenExpiresAt: 'refresh_token_expires_at',
    idToken: 'id_token',
  },
} as const;

export const verificationTable = {
  modelName: 'verifications',
  fields: { ...times, expiresAt: 'expires_at' },
} as const;

export const secondFactorTables = {
  user: { fields: { twoFactorEnabled: 'two_factor' } },
  twoFactor: {
    modelName: 'second_factors',
    fields: {
      userId: 'person_id',
      backupCodes: 'backup_codes',
      failedVerificationCount: 'failures',
      lockedUntil: 'locked_until',
    },
  },
} as const;

export const passkeyTable = {
  passkey: {
    modelName: 'passkeys',
    fields: {
      userId: 'person_id',
      credentialID: 'credential_id',
      publicKey: 'public_key',
      deviceType: 'device_type',
      backedUp: 'backed_up',
      createdAt: 'created_at',
    },
  },
} as const;
