import { createHash } from 'node:crypto';
import { noTenantId } from '#accounts/principal.ts';
import { canonicalJson } from '#kernel/canonical-json.ts';

/** What an entry's hash is made of, besides the one before it. */
export interface Link {
  readonly chain: string;
  readonly number: number;
  readonly id: string;
  readonly at: Date;
  readonly action: string;
  readonly content_hash: string;
}

/** Every tenant has a chain of its own, so that each can be kept as long as its plan says; the server has one, too. */
export function chainOf(tenantId: string | null): string {
  return tenantId ?? noTenantId;
}

/** Null: the server itself. */
export function tenantOf(chain: string): string | null {
  return chain === noTenantId ? null : chain;
}

/** What the first entry of a chain builds on. */
export const firstHash = '0'.repeat(64);

/** What of an entry stays when its content is erased. The salt keeps others from guessing what it was. */
export function hashOfContent(salt: string, content: string): string {
  return sha256(`${salt}\n${content}`);
}

export function hashOfLink({ chain, number, id, at, action, content_hash }: Link, previous: string): string {
  return sha256(
    canonicalJson({ chain, number, id, at: at.toISOString(), action, contentHash: content_hash, previous }),
  );
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
