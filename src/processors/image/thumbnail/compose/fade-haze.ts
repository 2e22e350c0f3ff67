import type { Rect } from './placement.ts';

/**
 * Fades what is hardly visible beyond the subject's outline, so that it ends inside the margin: the faint haze of a
 * mask that nobody sees on the product would still make the edge of a white picture less than white.
 *
 * @param alpha 1 byte a pixel, changed in place
 * @param subject the outline's bounds, in pixels of `alpha`
 * @param reachPx how far beyond them something may be seen
 */
export function fadeHaze(alpha: Uint8Array, widthPx: number, heightPx: number, subject: Rect, reachPx: number): void {
  const across = shares(widthPx, subject.left, subject.left + subject.width, reachPx);
  const down = shares(heightPx, subject.top, subject.top + subject.height, reachPx);
  for (let y = 0; y < heightPx; y++) {
    const row = down[y] as number;
    for (let x = 0, at = y * widthPx; x < widthPx; x++, at++) {
      const share = row * (across[x] as number);
      if (share < 1) alpha[at] = Math.round((alpha[at] as number) * share);
    }
  }
}

/** 1 from `from` to `to`, falling to 0 at `reachPx` beyond. */
function shares(length: number, from: number, to: number, reachPx: number): Float32Array {
  return Float32Array.from({ length }, (_, at) => {
    const beyondPx = Math.max(from - at - 1, at - to, 0);
    return Math.max(0, 1 - beyondPx / reachPx);
  });
}
