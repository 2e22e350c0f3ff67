/** 50 ms. */
const windowHops = 5;

/**
 * The quietest 50 ms, windows moving by 10 ms: root mean square over all channels. Digital silence is no noise: what
 * touches ten milliseconds of nothing but zeros does not count.
 */
export function createNoiseFloor() {
  /** Of the last hops since digital silence, as far as the window reaches. */
  const squares: number[] = [];
  const samples: number[] = [];
  let lowest = Number.POSITIVE_INFINITY;
  return {
    /** @param hopSquares sum over all channels of a hop. @param hopSamples of all channels */
    add(hopSquares: number, hopSamples: number): void {
      if (hopSquares === 0) {
        squares.length = 0;
        samples.length = 0;
        return;
      }
      squares.push(hopSquares);
      samples.push(hopSamples);
      if (squares.length > windowHops) {
        squares.shift();
        samples.shift();
      }
      if (squares.length === windowHops) lowest = Math.min(lowest, total(squares) / total(samples));
    },
    /** @returns amplitude; infinite where there is no such window */
    result: () => Math.sqrt(lowest),
  };
}

function total(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}
