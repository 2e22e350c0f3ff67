/** @param share 0.95 for the 95th percentile */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Of what two masks call the object: what both do, divided by what either does. 1 when neither sees any. */
export function intersectionOverUnion(one: Uint8Array, other: Uint8Array): number {
  if (one.length !== other.length) throw new RangeError(`masks of ${one.length} and ${other.length} pixels`);
  let both = 0;
  let either = 0;
  for (let pixel = 0; pixel < one.length; pixel++) {
    const inOne = (one[pixel] as number) > 127;
    const inOther = (other[pixel] as number) > 127;
    if (inOne && inOther) both++;
    if (inOne || inOther) either++;
  }
  return either === 0 ? 1 : both / either;
}
