import type { Selectable } from 'kysely';
import { mediaFacts } from '#database/media-facts.ts';
import type { Database } from '#database/schema.ts';
import { AppError } from '#kernel/errors.ts';
import type { Asset } from './asset.ts';

export function assetOf(row: Selectable<Database['assets']>): Asset {
  return {
    id: row.id,
    sha256: row.sha256,
    ...mediaFacts(row),
    name: row.name,
    createdAt: row.created_at,
  };
}

export function assetNotFound(): AppError {
  return new AppError(
    'ASSET_NOT_FOUND',
    'There is no such asset. It may have been removed; GET /v1/assets lists those there are.',
  );
}
