import { createHmac, createSign, generateKeyPairSync, type KeyObject } from 'node:crypto';

/** An outside identity provider, whose address in the closed network is one of the public web. */
export const provider = {
  issuer: 'https://id.example',
  audience: 'esteira',
  jwksUrl: 'http://93.184.215.14/jwks.json',
  reaches: ['93.184.215.14:80'],
} as const;

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });

/** Its keys, as it publishes them. */
export const jwks = JSON.stringify({
  keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'one', alg: 'RS256', use: 'sig' }],
});

export function claims(workspace: string): object {
  const now = Math.floor(Date.now() / 1_000);
  const { issuer: iss, audience: aud } = provider;
  return { iss, aud, sub: 'eva', email: 'eva@alpha.example', name: 'Eva', workspace, iat: now, exp: now + 600 };
}

/** Signed as it should be. */
export function goodToken(payload: object): string {
  const signed = `${encoded({ alg: 'RS256', kid: 'one', typ: 'JWT' })}.${encoded(payload)}`;
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(privateKey).toString('base64url')}`;
}

/** With a header of one's own, and a signature by whatever one has. */
export function forgedToken(header: object, payload: object, key: string | Buffer | undefined): string {
  const signed = `${encoded(header)}.${encoded(payload)}`;
  const signature = key === undefined ? '' : createHmac('sha256', key).update(signed).digest('base64url');
  return `${signed}.${signature}`;
}

/** The public key in the forms in which a careless program would take it for a shared secret. */
export function publicKeyTexts(): (string | Buffer)[] {
  const forms = (key: KeyObject) => [
    key.export({ format: 'pem', type: 'spki' }),
    key.export({ format: 'pem', type: 'pkcs1' }),
    key.export({ format: 'der', type: 'spki' }),
    JSON.stringify(key.export({ format: 'jwk' })),
  ];
  return [...forms(publicKey), jwks, ''];
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
