/** Of two channels: mean of l², of r² and of l · r. */
export interface Products {
  readonly left: number;
  readonly right: number;
  readonly cross: number;
}

/** Below −100 dBFS nobody hears how two channels stand to each other. */
export const inaudible = 1e-10;
/** −1 … 1; null where a channel is silent. */
export function correlationOf({ left, right, cross }: Products): number | null {
  if (Math.min(left, right) < inaudible) return null;
  return Math.min(1, Math.max(-1, cross / Math.sqrt(left * right)));
}
