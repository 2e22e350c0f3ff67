import { createHmac, randomBytes } from 'node:crypto';

const prefix = 'whsec_';

export function newSecret(): string {
  return prefix + randomBytes(32).toString('base64');
}

/** What a message to a receiver is signed with, as its row keeps it. */
export interface SecretColumns {
  readonly secret: string;
  readonly previous_secret: string | null;
  readonly previous_secret_until: Date | null;
}

/** Newest first. */
export function validSecrets(row: SecretColumns, nowMs: number): string[] {
  const { secret, previous_secret, previous_secret_until } = row;
  const previousHolds = previous_secret !== null && (previous_secret_until?.getTime() ?? 0) > nowMs;
  return previousHolds ? [secret, previous_secret] : [secret];
}

/**
 * The three headers that say who sent a message, and that it is this one.
 *
 * @param secrets each signs; a receiver that knows one of them is content
 * @see the Standard Webhooks specification, "Signature scheme"
 */
export function signedHeaders(
  id: string,
  body: string,
  secrets: readonly string[],
  nowMs: number,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(nowMs / 1_000));
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(prefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  });
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
