import { AppError } from '#kernel/errors.ts';

const maxDepth = 64;
const forbiddenKeys = new Set(['__proto__', 'constructor', 'prototype']);
const stringOrBracket = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/g;

/**
 * JSON without its ambiguities: no duplicate keys (parsers disagree on which one wins), no keys that reach into
 * JavaScript's prototypes, no deep nesting.
 *
 * @param what the text is, for messages
 * @throws AppError INVALID_JSON
 */
export function parseStrictJson(text: string, what = 'The body'): unknown {
  const value = parse(text, what);
  checkStructure(text);
  return value;
}

function parse(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notJson(cause, what);
  }
}

function notJson(cause: unknown, what: string): AppError {
  const place = /line \d+ column \d+/.exec(String(cause))?.[0];
  const where = place ? ` at ${place}` : '';
  const detail = `${what} is not valid JSON${where}. Check quotes, commas and brackets.`;
  return new AppError('INVALID_JSON', detail, { cause });
}

/** One pass over text that is known to be JSON, with the set of keys of each open object. */
function checkStructure(text: string): void {
  const open: Set<string>[] = [];
  for (const [token, colon] of text.matchAll(stringOrBracket)) {
    if (token === '{' || token === '[') open.push(new Set());
    else if (token === '}' || token === ']') open.pop();
    else if (colon) addKey(open.at(-1), JSON.parse(token.slice(0, -colon.length)) as string);
    if (open.length > maxDepth)
      throw new AppError('INVALID_JSON', `The JSON is nested deeper than ${maxDepth} levels.`);
  }
}

function addKey(keys: Set<string> | undefined, key: string): void {
  const name = JSON.stringify(key.slice(0, 40));
  if (forbiddenKeys.has(key)) throw new AppError('INVALID_JSON', `The key ${name} is not allowed.`);
  if (keys?.has(key)) throw new AppError('INVALID_JSON', `The key ${name} appears twice in one object.`);
  keys?.add(key);
}
