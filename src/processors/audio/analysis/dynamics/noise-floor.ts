/** 50 ms. */
const windowHops = 5;

/**
 * The quietest 50 ms, windows moving by 10 ms: root mean square over all channels. Digital silence is no noise: what
 * touches ten milliseconds of nothing but zeros does not count.
 */
export function createNoiseFloor() {
  const window: { readonly squares: number; readonly samples: number }[] = [];
  let lowest = Number.POSITIVE_INFINITY;
  return {
    /** @param squares sum over all channels of a hop. @param samples of all channels */
    add(squares: number, samples: number): void {
      if (squares === 0) window.length = 0;
      else window.push({ squares, samples });
      if (window.length > windowHops) window.shift();
      if (window.length < windowHops) return;
      const sum = (of: 'squares' | 'samples') => window.reduce((total, hop) => total + hop[of], 0);
      lowest = Math.min(lowest, sum('squares') / sum('samples'));
    },
    /** @returns amplitude; infinite where there is no such window */
    result: () => Math.sqrt(lowest),
  };
}
