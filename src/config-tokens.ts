import { createPublicKey, type KeyObject } from 'node:crypto';
import { type Static, Type } from 'typebox';

const publicKeyAlgorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'EdDSA'] as const;
const secretAlgorithms = ['HS256', 'HS384', 'HS512'] as const;
const algorithms = [...publicKeyAlgorithms, ...secretAlgorithms];

/** Tokens of an outside identity provider; `accountVariables` takes these in. */
export const tokenVariables = {
  ESTEIRA_JWT_ISSUER: Type.Optional(
    Type.String({
      description:
        'An outside identity provider (Supabase, Auth0, Firebase) whose tokens may stand for users, as `iss` in them says. ' +
        '[Which settings go with which provider](access.md#tokens-of-an-outside-identity-provider).',
      derived: 'none: such tokens are refused',
      minLength: 1,
      maxLength: 500,
    }),
  ),
  ESTEIRA_JWT_AUDIENCE: Type.Array(Type.String({ minLength: 1, maxLength: 500 }), {
    description: 'Whom its tokens must be for: one of these must be in `aud`.',
    default: [],
    expected: 'names separated by commas',
  }),
  ESTEIRA_JWT_JWKS_URL: Type.Optional(
    Type.String({
      description: 'Where it publishes its keys (JSON Web Key Set).',
      derived: 'none',
      pattern: '^https?://[^\\s#@]+$',
      expected: 'a URL like https://id.example.com/.well-known/jwks.json',
    }),
  ),
  ESTEIRA_JWT_PUBLIC_KEY: Type.Optional(
    Type.String({
      description: 'Instead: its public key or certificate, PEM; best as a file (`ESTEIRA_JWT_PUBLIC_KEY_FILE`).',
      derived: 'none',
      pattern: '-----BEGIN (PUBLIC KEY|CERTIFICATE|RSA PUBLIC KEY)-----',
      expected: 'a public key in PEM',
    }),
  ),
  ESTEIRA_JWT_SECRET: Type.Optional(
    Type.String({
      description: 'Instead: the secret that it shares with us (HMAC). Whoever has it can be anybody here.',
      derived: 'none',
      pattern: '^\\S{32,}$',
      expected: 'at least 32 characters without spaces',
      secret: true,
    }),
  ),
  ESTEIRA_JWT_ALGORITHMS: Type.Optional(
    Type.Array(Type.Enum([...algorithms]), {
      description: 'How its tokens may be signed, whatever they say themselves.',
      derived: 'RS256, ES256 and EdDSA with keys that are public, HS256 with a secret',
      minItems: 1,
      expected: `some of ${algorithms.join(', ')}, separated by commas`,
    }),
  ),
  ESTEIRA_JWT_EMAIL_VERIFIED_CLAIM: Type.Optional(
    Type.String({
      description:
        'The claim that must be true, for providers at which anybody may sign up: `email_verified`. Dots lead into ' +
        'objects. Not one that users can write themselves, such as those in `user_metadata` of Supabase.',
      derived: 'none is asked for',
      minLength: 1,
      maxLength: 200,
    }),
  ),
  ESTEIRA_JWT_TENANT: Type.Optional(
    Type.String({
      description: 'The workspace that everybody with such a token belongs to, by its id.',
      derived: 'the one that a claim names',
      pattern: '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
      expected: 'the id of a workspace; `esteira tenants list` shows them',
    }),
  ),
  ESTEIRA_JWT_TENANT_CLAIM: Type.Optional(
    Type.String({
      description: 'Instead: the claim that has the id of the workspace: `app_metadata.workspace`.',
      derived: 'none',
      minLength: 1,
      maxLength: 200,
    }),
  ),
  ESTEIRA_JWT_ROLE: Type.String({
    description:
      'The role that somebody gets who comes with such a token for the first time. Members may change it later.',
    default: 'viewer',
    minLength: 1,
    maxLength: 50,
  }),
};

const variables = Type.Object(tokenVariables);
type Settings = Static<typeof variables>;

/** An outside identity provider whose tokens stand for users. */
export interface TokensConfig {
  readonly issuer: string;
  readonly audiences: readonly string[];
  readonly algorithms: readonly string[];
  readonly keys: { readonly jwksUrl: string } | { readonly publicKey: KeyObject } | { readonly secret: string };
  /** Must be true in every token. */
  readonly emailVerifiedClaim: string | undefined;
  readonly tenant: { readonly id: string } | { readonly claim: string };
  /** Of those who come for the first time. */
  readonly role: string;
}

/** @returns undefined when no outside identity provider speaks for anybody */
export function tokensConfig(settings: Settings): TokensConfig | undefined {
  const { ESTEIRA_JWT_ISSUER: issuer, ESTEIRA_JWT_TENANT: id, ESTEIRA_JWT_TENANT_CLAIM: claim = '' } = settings;
  const { ESTEIRA_JWT_JWKS_URL: jwksUrl, ESTEIRA_JWT_PUBLIC_KEY: pem, ESTEIRA_JWT_SECRET: secret = '' } = settings;
  if (issuer === undefined) return undefined;
  const publicKey = pem === undefined ? undefined : readPublicKey(pem);
  const usual = jwksUrl === undefined && publicKey === undefined ? ['HS256'] : ['RS256', 'ES256', 'EdDSA'];
  return Object.freeze({
    issuer,
    audiences: Object.freeze(settings.ESTEIRA_JWT_AUDIENCE),
    algorithms: Object.freeze(settings.ESTEIRA_JWT_ALGORITHMS ?? usual),
    keys: jwksUrl !== undefined ? { jwksUrl } : publicKey !== undefined ? { publicKey } : { secret },
    emailVerifiedClaim: settings.ESTEIRA_JWT_EMAIL_VERIFIED_CLAIM,
    tenant: id !== undefined ? { id } : { claim },
    role: settings.ESTEIRA_JWT_ROLE,
  });
}

/** Values that are right alone and wrong together. */
export function tokenContradictions(settings: Settings): [boolean, string][] {
  const { ESTEIRA_JWT_ISSUER: issuer, ESTEIRA_JWT_TENANT: tenant, ESTEIRA_JWT_TENANT_CLAIM: claim } = settings;
  const { ESTEIRA_JWT_JWKS_URL: jwksUrl, ESTEIRA_JWT_PUBLIC_KEY: pem, ESTEIRA_JWT_SECRET: secret } = settings;
  const others = [jwksUrl, pem, secret, tenant, claim, settings.ESTEIRA_JWT_ALGORITHMS];
  const asked = others.some((value) => value !== undefined) || settings.ESTEIRA_JWT_AUDIENCE.length > 0;
  if (issuer === undefined)
    return [[asked, 'The ESTEIRA_JWT_* settings need ESTEIRA_JWT_ISSUER: whose tokens they are.']];
  const bySecret = (name: string): boolean => (secretAlgorithms as readonly string[]).includes(name);
  const pinned = settings.ESTEIRA_JWT_ALGORITHMS ?? [];
  return [
    [
      settings.ESTEIRA_JWT_AUDIENCE.length === 0,
      'ESTEIRA_JWT_ISSUER needs ESTEIRA_JWT_AUDIENCE: else tokens that were given to others would open this server.',
    ],
    [
      [jwksUrl, pem, secret].filter((value) => value !== undefined).length !== 1,
      'ESTEIRA_JWT_ISSUER needs one of ESTEIRA_JWT_JWKS_URL, ESTEIRA_JWT_PUBLIC_KEY and ESTEIRA_JWT_SECRET.',
    ],
    [
      (tenant === undefined) === (claim === undefined),
      'ESTEIRA_JWT_ISSUER needs one of ESTEIRA_JWT_TENANT and ESTEIRA_JWT_TENANT_CLAIM: the workspace that users act in.',
    ],
    [
      secret === undefined ? pinned.some(bySecret) : !pinned.every(bySecret),
      'ESTEIRA_JWT_ALGORITHMS must fit the key: HS256 and its like with ESTEIRA_JWT_SECRET, the others with public keys.',
    ],
    [pem !== undefined && readPublicKey(pem) === undefined, 'ESTEIRA_JWT_PUBLIC_KEY is no public key.'],
  ];
}

function readPublicKey(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}
