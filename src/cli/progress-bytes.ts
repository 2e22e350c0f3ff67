import { formatBytes } from '#kernel/units.ts';
import { duration } from './progress.ts';

const width = 24;
const redrawMs = 100;

export interface BytesProgress {
  update(doneBytes: number, totalBytes: number | undefined): void;
  /** Removes the bar. */
  end(): void;
}

/** How far a download is; nothing at all where nobody watches. */
export function createBytesProgress(stream: NodeJS.WriteStream = process.stderr): BytesProgress {
  let first: { readonly atMs: number; readonly doneBytes: number } | undefined;
  let drawnMs = 0;
  return {
    update(doneBytes, totalBytes) {
      const nowMs = performance.now();
      first ??= { atMs: nowMs, doneBytes };
      if (!stream.isTTY || nowMs - drawnMs < redrawMs) return;
      drawnMs = nowMs;
      const bytesPerSecond = ((doneBytes - first.doneBytes) / (nowMs - first.atMs)) * 1_000;
      stream.write(`\r\x1b[2K${bytesText(doneBytes, totalBytes, bytesPerSecond)}`);
    },
    end() {
      if (drawnMs > 0) stream.write('\r\x1b[2K');
    },
  };
}

/** `[######------------------] 42 MiB of 168 MiB  12 MiB/s, about 11 s left` */
export function bytesText(doneBytes: number, totalBytes: number | undefined, bytesPerSecond: number): string {
  const speed = bytesPerSecond > 0 ? `  ${formatBytes(Math.round(bytesPerSecond))}/s` : '';
  if (totalBytes === undefined) return `${formatBytes(doneBytes)}${speed}`;
  const filled = Math.floor(Math.min(1, doneBytes / totalBytes) * width);
  const left = speed === '' ? '' : `, about ${duration((totalBytes - doneBytes) / bytesPerSecond)} left`;
  const bar = `[${'#'.repeat(filled)}${'-'.repeat(width - filled)}]`;
  return `${bar} ${formatBytes(doneBytes)} of ${formatBytes(totalBytes)}${speed}${left}`;
}
