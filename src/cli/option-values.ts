import { type Arguments, textOf, UsageError } from './command.ts';

/** @throws UsageError when it is given and is no whole number between these */
export function wholeFrom(args: Arguments, option: string, from: number, to: number): number | undefined {
  const text = textOf(args, option);
  if (text === undefined) return undefined;
  const value = Number(text);
  return Number.isInteger(value) && value >= from && value <= to
    ? value
    : wrong(option, `it is a whole number from ${from} to ${to}`);
}

/** @throws UsageError when it is given and is none of these */
export function choiceFrom<T extends string>(args: Arguments, option: string, choices: readonly T[]): T | undefined {
  const text = textOf(args, option);
  if (text === undefined) return undefined;
  return choices.find((choice) => choice === text) ?? wrong(option, `it is one of ${choices.join(', ')}`);
}

/** @throws UsageError */
export function missing(option: string): never {
  throw new UsageError(`A model that is not known by name needs --${option}.`);
}

/** @throws UsageError */
export function wrong(option: string, why: string): never {
  throw new UsageError(`--${option} will not do: ${why}.`);
}
