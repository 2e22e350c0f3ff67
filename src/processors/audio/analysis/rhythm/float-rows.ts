/** Rows of floats, as many as come. */
export interface FloatRows {
  /** @param values whole rows, which are copied */
  append(values: Float32Array): void;
  /** @returns each column by itself */
  columns(): Float32Array[];
}

export function createFloatRows(width: number): FloatRows {
  let held = new Float32Array(width * 4096);
  let length = 0;
  return {
    append(values) {
      if (length + values.length > held.length) {
        const larger = new Float32Array(width * Math.ceil((1.5 * held.length + values.length) / width));
        larger.set(held.subarray(0, length));
        held = larger;
      }
      held.set(values, length);
      length += values.length;
    },
    columns: () =>
      Array.from({ length: width }, (_, column) => {
        const values = new Float32Array(length / width);
        for (let i = 0; i < values.length; i += 1) values[i] = held[i * width + column] as number;
        return values;
      }),
  };
}
