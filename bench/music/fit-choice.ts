/** One choice among several: what is known of each candidate, and which was right. */
export interface Choice {
  readonly candidates: readonly (readonly number[])[];
  readonly right: number;
}

/**
 * Conditional logistic regression: weights under which the right candidates are likely, by gradient descent (Adam).
 *
 * @param ridge pull towards zero
 */
export function fitChoice(choices: readonly Choice[], ridge: number, steps = 800): number[] {
  const size = choices[0]?.candidates[0]?.length ?? 0;
  const weights = new Float64Array(size);
  const [mean, square] = [new Float64Array(size), new Float64Array(size)];
  for (let step = 1; step <= steps; step += 1) {
    const slope = weights.map((weight) => ridge * weight);
    for (const { candidates, right } of choices) {
      const scores = candidates.map((values) => values.reduce((sum, value, k) => sum + value * (weights[k] ?? 0), 0));
      const most = Math.max(...scores);
      const parts = scores.map((score) => Math.exp(score - most));
      const total = parts.reduce((sum, part) => sum + part, 0);
      candidates.forEach((values, c) => {
        const miss = ((parts[c] ?? 0) / total - (c === right ? 1 : 0)) / choices.length;
        values.forEach((value, k) => {
          slope[k] = (slope[k] ?? 0) + miss * value;
        });
      });
    }
    for (let k = 0; k < size; k += 1) {
      const g = slope[k] ?? 0;
      mean[k] = 0.9 * (mean[k] ?? 0) + 0.1 * g;
      square[k] = 0.999 * (square[k] ?? 0) + 0.001 * g * g;
      const pace = 0.05 / (1 - 0.9 ** step) / (Math.sqrt((square[k] ?? 0) / (1 - 0.999 ** step)) + 1e-8);
      weights[k] = (weights[k] ?? 0) - pace * (mean[k] ?? 0);
    }
  }
  return [...weights];
}
