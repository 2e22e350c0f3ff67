import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { apiUnderTest } from '../support/api-under-test.ts';
import type { Fleet } from '../support/fleet.ts';

// The real program, its children under their permissions: fonts are read there. Masks come painted: no model is loaded.

const plain = (width: number, height: number, background: string) =>
  sharp({ create: { width, height, channels: 3, background } })
    .png()
    .toBuffer();

const photo = await plain(320, 240, '#b3402e');
const mask = await sharp(await plain(320, 240, '#000'))
  .composite([{ input: await plain(160, 120, '#fff'), left: 80, top: 60 }])
  .png()
  .toBuffer();
const logo = await plain(100, 50, '#0000ff');
const backdrop = await plain(64, 64, '#ffee00');

let server: Fleet;
before(async () => {
  server = await apiUnderTest();
});
after(() => server[Symbol.asyncDispose]());

async function call(files: Record<string, Buffer>, fields: Record<string, string> = {}) {
  const body = new FormData();
  for (const [name, file] of Object.entries(files)) body.append(name, new Blob([new Uint8Array(file)]), `${name}.png`);
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  const response = await fetch(`${server.address}/v1/images/thumbnail`, { method: 'POST', body });
  return { status: response.status, headers: response.headers, bytes: Buffer.from(await response.arrayBuffer()) };
}

async function pixelsOf(bytes: Buffer) {
  const { data, info } = await sharp(bytes).removeAlpha().raw().toBuffer({ resolveWithObject: true });
  const at = (x: number, y: number) => [...data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3)];
  return { at, width: info.width, height: info.height };
}

test('one call: photograph, painted mask, background and logo in, a picture with its price out', async () => {
  const answer = await call(
    { file: photo, mask, background: backdrop, logo },
    {
      canvas: '{"widthPx": 400, "heightPx": 300}',
      output: '{"format": "png"}',
      texts: '[{"kind": "price", "text": "R$ 1.299,90 🔥", "anchor": "top-left"}]',
      logos: '[{"anchor": "bottom-right", "widthPercent": 10}]',
      products: '[{"marginPercent": 20}]',
    },
  );
  assert.equal(answer.status, 200, String(answer.bytes.subarray(0, 500)));
  assert.equal(answer.headers.get('content-type'), 'image/png');
  const { at, width, height } = await pixelsOf(answer.bytes);
  assert.deepEqual([width, height], [400, 300]);
  assert.deepEqual(at(399, 150), [255, 238, 0], 'the background');
  assert.deepEqual(at(200, 150), [179, 64, 46], 'the product');
  assert.deepEqual(at(375, 280), [0, 0, 255], 'the logo');
  const written = Array.from({ length: 150 }, (_, x) => at(12 + x, 25)).filter(([red = 0]) => red < 100);
  assert.ok(written.length > 10, 'the price');
});

test('the answer says whether the preset’s rules are kept', async () => {
  const files = { file: photo, mask };
  const kept = await call(files, { preset: 'google-shopping' });
  assert.deepEqual([kept.status, kept.headers.get('x-compliance')], [200, 'passed']);
  const broken = await call(files, { preset: 'google-shopping', texts: '[{"text": "Oferta"}]' });
  assert.equal(broken.headers.get('x-compliance'), 'failed: no-overlay');
});

const refused: [string, Record<string, Buffer>, Record<string, string>, number, string, RegExp][] = [
  [
    'no product',
    { file: photo },
    { products: '[]' },
    400,
    'INVALID_PARAMETERS',
    /"products" is \[\]; allowed: a list from 1/,
  ],
  ['no photograph', { background: backdrop }, {}, 400, 'INVALID_PARAMETERS', /no file; send one in the field "file"/],
  ['a file too many', { file: photo, extra: logo }, {}, 400, 'INVALID_PARAMETERS', /"extra"/],
  [
    'an input that is not there',
    { file: photo },
    { products: '[{"mask": 3}]' },
    400,
    'INVALID_PARAMETERS',
    /"products\.0\.mask" names input 3, but only one was given/,
  ],
  [
    'an unknown font',
    { file: photo },
    { texts: '[{"text": "x", "font": "Comic"}]' },
    400,
    'INVALID_PARAMETERS',
    /allowed: "Inter"/,
  ],
  [
    '10,000 characters',
    { file: photo },
    { texts: JSON.stringify([{ text: 'a'.repeat(10_000) }]) },
    400,
    'INVALID_PARAMETERS',
    /"texts\.0\.text" is .*at most 500 characters/,
  ],
  ['JSON that is none', { file: photo }, { texts: '[{' }, 400, 'INVALID_JSON', /"texts"/],
  [
    'an empty mask',
    { file: photo, mask: await plain(32, 24, '#000') },
    {},
    422,
    'NO_SUBJECT',
    /No product was found in input 0/,
  ],
  [
    'too few bytes',
    { file: photo, mask },
    { output: '{"format":"png","maxBytes":1000}' },
    422,
    'RESULT_TOO_LARGE',
    /PNG/,
  ],
];

for (const [what, files, fields, status, code, detail] of refused) {
  test(`refused with a reason: ${what}`, async () => {
    const answer = await call(files, fields);
    const problem = JSON.parse(String(answer.bytes));
    assert.deepEqual([answer.status, problem.code], [status, code], problem.detail);
    assert.match(problem.detail, detail);
  });
}

test('a call that is refused leaves none of its files behind', async () => {
  const assets = async () =>
    ((await (await fetch(`${server.address}/v1/assets?limit=100`)).json()) as { items: unknown[] }).items.length;
  const before = await assets();
  await call({ file: photo, background: await plain(7, 9, '#123456') }, { preset: 'no-such' });
  assert.equal(await assets(), before);
});

test('the presets are listed with their rules and where those are from', async () => {
  const { presets } = (await (await fetch(`${server.address}/v1/presets`)).json()) as {
    presets: { id: string; source: object }[];
  };
  assert.ok(presets.length >= 12);
  for (const { id, source } of presets) assert.ok(id !== '' && 'url' in source);
});
