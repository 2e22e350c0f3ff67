import { Type } from 'typebox';

/** Query parameters of every list; a cursor is opaque and comes from the page before. */
export const PageQuery = {
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: 500, description: '`nextCursor` of the page before.' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 50 })),
};

export function pageOf({ cursor, limit = 50 }: { cursor?: string; limit?: number }): {
  cursor?: string;
  limit: number;
} {
  return { limit, ...(cursor !== undefined && { cursor }) };
}
