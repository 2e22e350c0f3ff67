/** Rows of floats, as many as come. */
export interface FloatRows {
  /** @param values whole rows, which are copied */
  append(values: Float32Array): void;
  /** @returns each column by itself; nothing is held any more */
  takeColumns(): Float32Array[];
}

/** @param width of a row */
export function createFloatRows(width: number): FloatRows {
  // Pieces rather than one array that grows: a long recording is never there twice.
  let parts: Float32Array[] = [];
  return {
    append: (values) => {
      parts.push(values.slice());
    },
    takeColumns() {
      const length = parts.reduce((sum, part) => sum + part.length / width, 0);
      const columns = Array.from({ length: width }, () => new Float32Array(length));
      let row = 0;
      for (let next = 0; next < parts.length; next += 1) {
        const part = parts[next] as Float32Array;
        // Let go as it is read: of hours, both together are much.
        parts[next] = new Float32Array();
        for (let i = 0; i < part.length; i += 1) {
          (columns[i % width] as Float32Array)[row + Math.floor(i / width)] = part[i] as number;
        }
        row += part.length / width;
      }
      parts = [];
      return columns;
    },
  };
}
