import { absurdTexts, absurdValue, mutated } from './absurd.ts';
import type { Dice } from './dice.ts';
import { fitting, type Schema, type World } from './fitting.ts';
import type { Operation, Parameter } from './operations.ts';

export interface FuzzRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | undefined;
}

export interface FuzzWorld extends World {
  /** Bytes of files, good ones and others. */
  readonly files: readonly Buffer[];
}

const pathTexts = [
  ...absurdTexts.map((text) => encodeURIComponent(text.toWellFormed()).slice(0, 2_000)),
  '%',
  '%zz',
  '%c0%af',
  '%ff',
  '..%2f..%2f',
  '..',
  '.',
  '0',
  '-1',
  '999999999999999999999',
  ';',
  'a;b=c',
  '%2e%2e%2f',
];

const commonHeaders: readonly (readonly [string, readonly string[]])[] = [
  ['prefer', ['wait=0', 'wait=1', 'wait=-1', 'wait=1e9', 'wait=abc', 'respond-async', 'wait']],
  ['idempotency-key', ['one', 'two', 'x'.repeat(255), 'x'.repeat(256), ' ', 'é']],
  [
    'range',
    ['bytes=0-', 'bytes=-1', 'bytes=5-2', 'bytes=0-0,2-3', 'bytes=99999999999999999999-', 'lines=1-2', 'bytes='],
  ],
  ['if-none-match', ['*', '"x"', 'W/"x"', '"', 'x'.repeat(3_000)]],
  ['if-modified-since', ['yesterday', 'Sat, 29 Oct 1994 19:43:31 GMT']],
  ['last-event-id', ['0', '-1', '1e30', 'x', '9'.repeat(30)]],
  ['accept', ['text/html', 'application/json;q=x', '*/*', 'image/avif', ',;,', 'x'.repeat(2_000)]],
  ['accept-encoding', ['br', 'gzip;q=0', 'identity;q=0, *;q=0', 'x'.repeat(500)]],
  ['content-encoding', ['gzip', 'br', 'deflate', 'x']],
  ['origin', ['http://127.0.0.1:3000', 'null', 'https://evil.example', 'x']],
  ['x-http-method-override', ['DELETE', 'PATCH', '__proto__']],
  ['x-forwarded-for', ['127.0.0.1', 'x, y, z', '::1']],
  ['authorization', ['Bearer x', 'Bearer ', 'Basic Og==', 'Bearer esteira_a_b', 'x'.repeat(3_000)]],
  ['x-api-key', ['x', 'esteira_x_y', '']],
  ['cookie', ['a=b', '__Host-x=%', 'x'.repeat(3_000), ';;;==']],
  ['expect', ['100-continue']],
  ['tus-resumable', ['1.0.0', '0.2', 'x']],
  ['upload-length', ['1', '100', '-1', '1e9', '99999999999999999999']],
  ['upload-offset', ['0', '1', '-1', 'x']],
  ['upload-defer-length', ['1', '2']],
  ['upload-metadata', ['filename YQ==', 'a b', ',', 'filename', 'x'.repeat(5_000)]],
  ['upload-checksum', ['sha1 AAAA', 'sha1', 'md5 x', 'crc32 ????']],
  ['upload-concat', ['partial', 'final;/v1/uploads/a /v1/uploads/b', 'final;']],
];

const contentTypes = [
  'application/json',
  'application/json; charset=utf-8',
  'application/json\t; x',
  'application/json; charset=utf-16',
  'application/merge-patch+json',
  'application/x-www-form-urlencoded',
  'application/offset+octet-stream',
  'application/octet-stream',
  'multipart/form-data',
  'multipart/form-data; boundary=',
  'multipart/mixed; boundary=x',
  'text/plain',
  'image/png',
  'audio/wav',
  '',
  'x',
  '/',
  'application/json, text/plain',
];

/** A request to the operation: as the document has it, with something wrong, or with nothing right. */
export function requestFor(operation: Operation, dice: Dice, world: FuzzWorld): FuzzRequest {
  // How much of what is said is nonsense.
  const nonsense = dice.pick([0, 0, 0.15, 0.5]);
  const method = dice.chance(0.03)
    ? dice.pick(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD'])
    : operation.method;
  const headers: Record<string, string> = {};
  for (const [name, values] of commonHeaders) if (dice.chance(0.015)) headers[name] = dice.pick(values);
  for (const { name, schema } of inPlace(operation, 'header', dice))
    headers[name] = headerText(valueFor(schema, name, nonsense, dice, world));
  if (/uploads/.test(operation.path) && dice.chance(0.8)) headers['tus-resumable'] = '1.0.0';
  if (/uploads/.test(operation.path) && dice.chance(0.6)) headers['upload-offset'] = '0';
  if (operation.path === '/v1/uploads' && dice.chance(0.8)) headers['upload-length'] = '100';
  return {
    method,
    path: pathOf(operation, nonsense, dice, world),
    ...bodyOf(operation, method, headers, nonsense, dice, world),
  };
}

function inPlace({ parameters }: Operation, place: Parameter['in'], dice: Dice): Parameter[] {
  return parameters.filter((one) => one.in === place && (one.required || dice.chance(0.25)));
}

function valueFor(schema: Schema, name: string, nonsense: number, dice: Dice, world: World): unknown {
  const value = fitting(schema, dice, world, name);
  if (!dice.chance(nonsense)) return value;
  return dice.chance(0.7) ? mutated(value, dice) : absurdValue(dice);
}

function pathOf(operation: Operation, nonsense: number, dice: Dice, world: World): string {
  let path = operation.path;
  for (const { name, schema } of inPlace(operation, 'path', dice)) {
    const before = path.split(`/{${name}}`)[0]?.split('/').at(-1) ?? '';
    const ids = world.ids.get(before) ?? [];
    const text = ids.length > 0 && dice.chance(0.8) ? dice.pick(ids) : String(fitting(schema, dice, world, name));
    const encoded = dice.chance(nonsense)
      ? dice.pick(pathTexts)
      : encodeURIComponent(text.toWellFormed()).slice(0, 2_000);
    path = path.replace(`{${name}}`, () => encoded);
  }
  const query = inPlace(operation, 'query', dice).flatMap(({ name, schema }) => {
    const value = textOf(valueFor(schema, name, nonsense, dice, world));
    const pair = `${encodeURIComponent(name)}=${encodeURIComponent(value.toWellFormed()).slice(0, 2_500)}`;
    return dice.chance(0.03) ? [pair, pair] : [pair];
  });
  if (dice.chance(nonsense / 3))
    query.push(
      dice.pick(['__proto__=1', 'a[b][c]=1', '%=%', '&&&', 'x'.repeat(900), 'limit=1&limit=2', '=', '\u007f%00=%00']),
    );
  if (dice.chance(nonsense / 10))
    path = dice.pick([
      `/${path}`,
      `${path}/`,
      `${path}%00`,
      path.toUpperCase(),
      `${path}/..`,
      path.replace(/\//g, '%2F'),
    ]);
  return (query.length === 0 ? path : `${path}?${query.join('&')}`).replace(/[^\x21-\x7e]/g, '_');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** What a client's own library lets through. */
function headerText(value: unknown): string {
  return textOf(value)
    .replace(/[^\t\x20-\x7e]/g, '?')
    .slice(0, 3_000);
}

function bodyOf(
  operation: Operation,
  method: string,
  headers: Record<string, string>,
  nonsense: number,
  dice: Dice,
  world: FuzzWorld,
): Pick<FuzzRequest, 'headers' | 'body'> {
  if (method === 'GET' || method === 'HEAD' || (method === 'DELETE' && dice.chance(0.9)))
    return { headers, body: undefined };
  const described = Object.entries(operation.bodies);
  const [type, schema] = described.length > 0 ? dice.pick(described) : [dice.pick(contentTypes), {}];
  const isOther = dice.chance(nonsense / 3);
  if (dice.chance(nonsense / 4)) return { headers, body: undefined };
  if (isOther) {
    const garbage = dice.pick(world.files).subarray(0, dice.below(3_000));
    return { headers: { ...headers, 'content-type': dice.pick(contentTypes) }, body: garbage };
  }
  if (type.startsWith('multipart/')) return formOf(schema, headers, nonsense, dice, world);
  if (type.includes('json')) {
    const value = valueFor(schema, '', nonsense, dice, world);
    return {
      headers: { ...headers, 'content-type': 'application/json' },
      body: Buffer.from(jsonText(value, nonsense, dice)),
    };
  }
  if (type === 'application/x-www-form-urlencoded') {
    const value = Object.entries(Object(valueFor(schema, '', nonsense, dice, world)));
    const text = new URLSearchParams(value.map(([name, member]) => [name, textOf(member)])).toString();
    return { headers: { ...headers, 'content-type': type }, body: Buffer.from(text) };
  }
  return { headers: { ...headers, ...(type && { 'content-type': type }) }, body: dice.pick(world.files) };
}

function jsonText(value: unknown, nonsense: number, dice: Dice): string {
  const text = JSON.stringify(value) ?? '';
  if (!dice.chance(nonsense / 3)) return text;
  return dice.pick([
    text.slice(0, dice.below(text.length + 1)),
    text.replace('{', '{"__proto__":{"x":1},'),
    text.replace('{', '{"a":1,"a":2,'),
    `${'['.repeat(5_000)}${']'.repeat(5_000)}`,
    `\ufeff${text}`,
    `${text}${text}`,
    text.replace(/\d+/, '1e999'),
    text.replaceAll('"', "'"),
    `{"a":"${'x'.repeat(300_000)}"}`,
    '\0\0',
  ]);
}

function formOf(
  schema: Schema,
  headers: Record<string, string>,
  nonsense: number,
  dice: Dice,
  world: FuzzWorld,
): Pick<FuzzRequest, 'headers' | 'body'> {
  const boundary = dice.chance(nonsense / 4) ? dice.pick(['', '"', 'x'.repeat(80), 'a b', '--']) : 'fuzz';
  const parts = Object.entries(schema.properties ?? {}).filter(() => dice.chance(0.4));
  const chunks: Buffer[] = [];
  for (const [name, member] of parts) {
    const shown = dice.chance(nonsense / 3) ? dice.pick(absurdTexts).slice(0, 500) : name;
    const isFile = member.format === 'binary' || dice.chance(0.05);
    const file = dice.pick(['; filename="a.png"', "; filename*=utf-8''%ff", '; filename="../../x"', '; filename=""']);
    chunks.push(Buffer.from(`--fuzz\r\nContent-Disposition: form-data; name="${shown}"${isFile ? file : ''}\r\n`));
    if (dice.chance(nonsense / 3)) chunks.push(Buffer.from(`Content-Type: ${dice.pick(contentTypes)}\r\n`));
    const content = isFile
      ? dice.pick(world.files)
      : Buffer.from(textOf(valueFor(member, name, nonsense, dice, world)).toWellFormed());
    chunks.push(Buffer.from('\r\n'), content, Buffer.from('\r\n'));
  }
  if (!dice.chance(nonsense / 4)) chunks.push(Buffer.from('--fuzz--\r\n'));
  return {
    headers: { ...headers, 'content-type': `multipart/form-data; boundary=${boundary}` },
    body: Buffer.concat(chunks),
  };
}
