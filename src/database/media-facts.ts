import type { MediaColumns } from './schema.ts';

/** The facts of a file as the program names them, without the columns that are null. */
export function mediaFacts(row: MediaColumns) {
  return {
    mediaType: row.media_type,
    sizeBytes: row.size_bytes,
    ...(row.width_px !== null && { widthPx: row.width_px }),
    ...(row.height_px !== null && { heightPx: row.height_px }),
    ...(row.frames !== null && { frames: row.frames }),
    ...(row.duration_seconds !== null && { durationSeconds: row.duration_seconds }),
  };
}
