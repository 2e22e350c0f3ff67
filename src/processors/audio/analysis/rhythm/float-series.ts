/** Floats one after the other, as many as come. */
export interface FloatSeries {
  push(value: number): void;
  /** A view; later pushes may leave it behind. */
  values(): Float32Array;
}

export function createFloatSeries(): FloatSeries {
  let held = new Float32Array(4096);
  let length = 0;
  return {
    push(value) {
      if (length === held.length) {
        const larger = new Float32Array(Math.ceil(length * 1.5));
        larger.set(held);
        held = larger;
      }
      held[length] = value;
      length += 1;
    },
    values: () => held.subarray(0, length),
  };
}
