import assert from 'node:assert/strict';
import { once } from 'node:events';
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import sharp from 'sharp';
import { shareModels } from '../support/models-dir.ts';
import { type Ended, runProgram, startProgram } from '../support/program.ts';
import { makeScene } from '../support/scenes.ts';
import { until } from '../support/until.ts';

// A seller's three folders, with the real program and the real network.

let folder: string;
const at = (...names: string[]) => join(folder, ...names);

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'esteira-thumbnails-'));
  await shareModels(at('data'));
  for (const name of ['produtos', 'fundos']) await mkdir(at(name));
  await writeFile(at('produtos', 'caneca.jpg'), await photo(1));
  await writeFile(at('produtos', 'bolsa de couro.jpg'), await photo(2));
  await writeFile(at('fundos', 'branco.png'), await plain('#ffffff'));
  await writeFile(at('fundos', 'azul.png'), await plain('#2255aa'));
});
after(() => rm(folder, { recursive: true }));

async function photo(seed: number): Promise<Buffer> {
  const { rgb, widthPx: width, heightPx: height } = makeScene({ seed, kind: 'soft-edge', widthPx: 400, heightPx: 400 });
  return await sharp(rgb, { raw: { width, height, channels: 3 } })
    .jpeg()
    .toBuffer();
}

async function plain(background: string): Promise<Buffer> {
  return await sharp({ create: { width: 300, height: 300, channels: 3, background } })
    .png()
    .toBuffer();
}

async function thumbnails(...args: string[]): Promise<Ended> {
  return await runProgram(['thumbnails', '--products', 'produtos', '--quality', 'fast', '--data', 'data', ...args], {
    cwd: folder,
  });
}

const white = [
  '--backgrounds',
  'fundos',
  '--out',
  'prontas',
  '--preset',
  'amazon-main',
  '--preset',
  'whatsapp-catalogue',
];

async function made(dir = 'prontas'): Promise<string[]> {
  return (await readdir(at(dir))).filter((name) => !name.startsWith('.')).sort();
}

test('every product on every background in every format; the second time there is nothing to do', async () => {
  const first = await thumbnails(...white, '--json');
  assert.equal(first.code, 0, first.stderr);
  const lines = first.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  assert.equal(lines.length, 8);
  const names = await made();
  assert.equal(names.length, 8);
  assert.ok(names.includes('bolsa de couro--azul--amazon-main.jpg'), names.join());
  for (const { background, preset, compliance } of lines) {
    if (preset === 'amazon-main') assert.equal(compliance.passed, background === 'fundos/branco.png', background);
  }
  assert.match(first.stderr, /8 done, 0 failed, 0 skipped in /);

  const times = async () => await Promise.all(names.map(async (name) => (await stat(at('prontas', name))).mtimeMs));
  const before = await times();
  const second = await thumbnails(...white);
  assert.deepEqual([second.code, second.stdout], [0, '']);
  assert.match(second.stderr, /nothing to do: all 8 thumbnails are there already/);
  assert.deepEqual(await times(), before);
});

test('what changed is made again, what is broken is named, and the rest is left alone', async () => {
  await writeFile(at('produtos', 'caneca.jpg'), await photo(3));
  await writeFile(at('produtos', 'quebrada.jpg'), (await photo(4)).subarray(0, 3_000));
  await rm(at('prontas', 'bolsa de couro--branco--amazon-main.jpg'));
  const { code, stdout, stderr } = await thumbnails(...white);
  assert.equal(code, 1);
  assert.deepEqual(
    stdout.trim().split('\n').sort(),
    [
      ...['azul', 'branco'].flatMap((ground) =>
        ['amazon-main', 'whatsapp-catalogue'].map((preset) => `caneca--${ground}--${preset}.jpg`),
      ),
      'bolsa de couro--branco--amazon-main.jpg',
    ]
      .map((name) => join('prontas', name))
      .sort(),
  );
  assert.match(stderr, /failed produtos\/quebrada\.jpg.*: The picture is damaged/);
  assert.match(stderr, /3 are there already/);
  await rm(at('produtos', 'quebrada.jpg'));
});

test('a template is filled from a table, a line for each product', async () => {
  const template = {
    schema: 'esteira-template/1',
    name: 'Oferta',
    processor: 'image.thumbnail',
    params: {
      canvas: { widthPx: 400, heightPx: 400 },
      texts: [
        { kind: 'price', text: 'R$ {{preço}}' },
        { kind: 'text', text: '<b>{{nome}}</b>' },
      ],
    },
    fields: { preço: {}, nome: { default: 'Promoção' } },
  };
  await writeFile(at('oferta.json'), JSON.stringify(template));
  await writeFile(
    at('precos.csv'),
    '\ufeffproduto;preço;nome\r\nCaneca;49,90;"Caneca; grande"\r\nxícara.jpg;10,00;\r\n',
  );
  const args = ['--out', 'ofertas', '--template', 'oferta.json', '--csv', 'precos.csv'];
  const { code, stdout, stderr } = await thumbnails(...args);
  assert.equal(code, 1);
  assert.equal(stdout, `${join('ofertas', 'caneca.jpg')}\n`);
  assert.match(stderr, /failed produtos\/bolsa de couro\.jpg: The table has no line for/);
  assert.match(stderr, /skipped xícara\.jpg: line 3 of the table names a photo that is not in produtos/);

  // Another price is another picture; the same is not made again.
  assert.match((await thumbnails(...args)).stderr, /nothing to do|1 are there already/);
  const first = await readFile(at('ofertas', 'caneca.jpg'));
  await writeFile(at('precos.csv'), 'produto,preço\nbolsa de couro,99\ncaneca,59\n');
  assert.equal((await thumbnails(...args)).code, 0);
  assert.notDeepEqual(await readFile(at('ofertas', 'caneca.jpg')), first);
});

test('what cannot work is said before anything is made', async () => {
  await writeFile(at('wrong.csv'), 'produto;valor\ncaneca;1\n');
  await writeFile(at('wrong.json'), '{"schema": "esteira-template/1"}');
  const cases: readonly [args: string[], said: RegExp][] = [
    [[], /needs --out/],
    [['--out', 'produtos'], /another folder/],
    [['--out', 'x', '--preset', 'amazn-main'], /Did you mean amazon-main/],
    [['--out', 'x', '--pair'], /--pair needs --backgrounds/],
    [['--out', 'x', '--csv', 'precos.csv'], /--template/],
    [['--out', 'x', '--template', 'wrong.json'], /template/i],
    [['--out', 'x', '--template', 'oferta.json', '--csv', 'wrong.csv'], /no field "valor"/],
    [['--out', 'x', '--template', 'oferta.json'], /needs "preço"/],
    [['--out', 'x', '--shadow', 'long'], /long/],
  ];
  for (const [args, said] of cases) {
    const { code, stdout, stderr } = await thumbnails(...args);
    assert.notEqual(code, 0, args.join(' '));
    assert.equal(stdout, '');
    assert.match(stderr, said, args.join(' '));
  }
  assert.deepEqual(await made('x').catch(() => []), []);
  await mkdir(at('leer'));
  const empty = await runProgram(['thumbnails', '--products', 'leer', '--out', 'y'], { cwd: folder });
  assert.match(empty.stderr, /no usable photo in leer/);
  assert.equal(empty.code, 1);
});

test('watching: a photo is made when it is complete, and Ctrl-C ends', async () => {
  const args = [
    'thumbnails',
    '--products',
    'neue',
    '--out',
    'gesehen',
    '--quality',
    'fast',
    '--data',
    'data',
    '--watch',
  ];
  await mkdir(at('neue'));
  const watcher = startProgram(args, { cwd: folder });
  const ended = once(watcher, 'exit');
  let said = '';
  watcher.stderr?.on('data', (chunk) => {
    said += chunk;
  });
  try {
    await until(() => assert.match(said, /watching neue/));
    const bytes = await photo(5);
    await writeFile(at('neue', 'lenta.jpg'), bytes.subarray(0, 2_000));
    for (let from = 2_000; from < bytes.length; from += 6_000) {
      await new Promise((resolve) => setTimeout(resolve, 500));
      await appendFile(at('neue', 'lenta.jpg'), bytes.subarray(from, from + 6_000));
    }
    await until(async () => assert.deepEqual(await made('gesehen'), ['lenta.jpg']), 60_000);
    assert.doesNotMatch(said, /failed/, 'it was read while it was being copied');
  } finally {
    watcher.kill('SIGINT');
  }
  assert.deepEqual(await ended, [130, null]);
});
