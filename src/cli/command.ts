import { parseArgs } from 'node:util';
import { closest } from '#kernel/spelling.ts';

/** One verb of the command line. */
export interface Command {
  readonly summary: string;
  /** What follows `esteira `: `cutout <file|folder|->… [options]`. */
  readonly usage: string;
  readonly options: readonly Option[];
  /** Shown below the options. */
  readonly notes?: readonly string[];
  /** @returns the exit code: 0 done, 1 some failed, 2 wrong usage */
  run(args: Arguments): Promise<number>;
}

export interface Option {
  /** Without the dashes. */
  readonly name: string;
  readonly short?: string;
  /** What its value is called in the help; an option without one is a switch. */
  readonly value?: string;
  readonly help: string;
}

export interface Arguments {
  /** By the option's name: the text given, or true for a switch. */
  readonly values: Readonly<Record<string, string | true | undefined>>;
  /** By the option's name: every text given for it, for options that may stand several times. */
  readonly texts: Readonly<Record<string, readonly string[] | undefined>>;
  readonly positionals: readonly string[];
}

/** Wrong usage: exit code 2. The message says what to write instead. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

const helpOption: Option = { name: 'help', short: 'h', help: 'Show this help.' };

/** @throws UsageError for an option that does not exist, lacks its value or has one too many */
export function parseArguments(args: readonly string[], options: readonly Option[]): Arguments {
  const known = [...options, helpOption];
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(
      known.map(({ name, short, value }) => [
        name,
        { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(short && { short }) },
      ]),
    ),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values: Record<string, string | true> = {};
  const texts: Record<string, string[]> = {};
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const option = known.find(({ name }) => name === token.name);
    if (option === undefined) throw unknownOption(token.rawName, known);
    if (option.value === undefined) {
      if (token.value !== undefined) throw new UsageError(`${token.rawName} takes no value.`);
      values[option.name] = true;
    } else {
      const { value, inlineValue, rawName } = token;
      const missing = value === undefined || (!inlineValue && value.startsWith('-') && value !== '-');
      if (missing) throw new UsageError(`${rawName} needs a value: ${rawName} ${option.value}.`);
      values[option.name] = value;
      texts[option.name] = [...(texts[option.name] ?? []), value];
    }
  }
  return { values, texts, positionals };
}

/** The text given for an option that has a value. */
export function textOf({ values }: Arguments, name: string): string | undefined {
  const value = values[name];
  return value === true ? undefined : value;
}

export function commandHelp({ summary, usage, options, notes = [] }: Command): string {
  const left = (option: Option): string => {
    const short = option.short === undefined ? '    ' : `-${option.short}, `;
    return `${short}--${option.name}${option.value === undefined ? '' : ` ${option.value}`}`;
  };
  const lines = columns([...options, helpOption].map((option) => [left(option), option.help]));
  const tail = notes.length === 0 ? '' : `\n${notes.join('\n')}\n`;
  return `${summary}\n\nUsage: esteira ${usage}\n\nOptions:\n${lines}\n${tail}`;
}

/** Two columns; a left cell that is too wide stands on a line of its own. */
export function columns(rows: readonly (readonly [string, string])[]): string {
  const width = Math.min(30, Math.max(...rows.map(([left]) => left.length)));
  return rows
    .map(([left, right]) => {
      const gap = left.length <= width ? left.padEnd(width) : `${left}\n  ${' '.repeat(width)}`;
      return `  ${gap}  ${right}`;
    })
    .join('\n');
}

function unknownOption(rawName: string, known: readonly Option[]): UsageError {
  const near = closest(
    rawName.replace(/^-+/, ''),
    known.map(({ name }) => name),
  );
  return new UsageError(`${rawName} is not an option.${near === undefined ? '' : ` Did you mean --${near}?`}`);
}
