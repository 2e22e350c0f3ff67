import assert from 'node:assert/strict';
import { test } from 'node:test';
import { knownModels } from '#models/known-models.ts';
import { parseArguments, UsageError } from './command.ts';
import { newModelFrom, newModelOptions } from './new-model.ts';
import { bytesText } from './progress-bytes.ts';

const hash = 'a'.repeat(64);
const said = ['--mean', '0.485,0.456,0.406', '--std', '0.229,0.224,0.225', '--output', 'sigmoid'];

function from(...args: string[]) {
  const parsed = parseArguments(args, newModelOptions);
  const model = newModelFrom(parsed, parsed.positionals[0] ?? '');
  assert.ok(model.kind === undefined);
  return model;
}

function separationFrom(...args: string[]) {
  const parsed = parseArguments(args, newModelOptions);
  return newModelFrom(parsed, parsed.positionals[0] ?? '');
}

test('what says its stems tells stems apart', () => {
  const options = ['--name', 'mine', '--shape', 'demucs', '--stems', 'drums, bass,other,vocals'];
  assert.deepEqual(separationFrom('net.onnx', ...options), {
    name: 'mine',
    from: { path: 'net.onnx' },
    sha256: undefined,
    licence: 'unknown',
    kind: 'separation',
    shape: 'demucs',
    sampleRateHz: 44_100,
    stems: ['drums', 'bass', 'other', 'vocals'],
    overlap: 0.25,
    normalisation: 'track',
  });
  const spleeter = ['--name', 'mine', '--shape', 'spleeter', '--stems', 'vocals', '--segment', '512', '--bins', '1024'];
  const more = [
    '--output-name',
    'a',
    '--overlap',
    '0.5',
    '--normalisation',
    'none',
    '--hop',
    '512',
    '--fft-size',
    '2048',
  ];
  const {
    from: _from,
    sha256: _sha256,
    licence: _licence,
    name: _name,
    ...facts
  } = separationFrom('a.onnx', ...spleeter, ...more);
  assert.deepEqual(facts, {
    kind: 'separation',
    shape: 'spleeter',
    sampleRateHz: 44_100,
    stems: ['vocals'],
    overlap: 0.5,
    normalisation: 'none',
    outputNames: ['a'],
    segment: 512,
    bins: 1024,
    hop: 512,
    fftSize: 2048,
  });
});

test('wrong usage of what tells stems apart says what is missing', () => {
  const mine = ['net.onnx', '--name', 'net'];
  for (const [options, words] of [
    [['--stems', 'vocals'], /needs --shape/],
    [['--shape', 'demucs'], /needs --stems/],
    [['--shape', 'demucs', '--stems', 'vocals,vocals'], /--stems.*once/],
    [['--shape', 'demucs', '--stems', 'vocals,flute'], /--stems.*one of vocals/],
    [['--shape', 'demucs', '--stems', 'other'], /--stems.*what is left/],
    [['--shape', 'unet', '--stems', 'vocals'], /--shape.*demucs, open-unmix, spleeter/],
    [['--shape', 'demucs', '--stems', 'vocals', '--overlap', '1'], /--overlap/],
    [['--shape', 'spleeter', '--stems', 'vocals', '--normalisation', 'track'], /--normalisation.*spleeter/],
  ] as const) {
    assert.throws(() => separationFrom(...mine, ...options), words);
  }
  assert.throws(() => separationFrom('u2netp', '--stems', 'vocals'), /--stems is settled/);
  assert.throws(
    () => separationFrom('a.onnx', '--name', 'signal-processing', '--stems', 'vocals'),
    /comes with Esteira/,
  );
});

test('a known name brings all that must be said', () => {
  for (const { name, url, sha256, sizeBytes, inputSizePx } of knownModels) {
    const model = from(name);
    assert.deepEqual(
      [model.name, model.sha256, model.sizeBytes, model.inputSizePx],
      [name, sha256, sizeBytes, inputSizePx],
    );
    assert.deepEqual(model.from, { url });
  }
});

test('a known model may come from a file or another address, pinned all the same', () => {
  assert.deepEqual(from('./weights/u2net.onnx', '--name', 'u2net'), {
    ...from('u2net'),
    from: { path: './weights/u2net.onnx' },
  });
  assert.deepEqual(from('https://mirror.example/u.onnx', '--name', 'u2net').from, {
    url: 'https://mirror.example/u.onnx',
  });
});

test('any other is what its options say', () => {
  assert.deepEqual(
    from(
      'https://example.com/n.onnx',
      '--name',
      'mine',
      '--sha256',
      hash.toUpperCase(),
      ...said,
      '--input-size',
      '512',
    ),
    {
      name: 'mine',
      from: { url: 'https://example.com/n.onnx' },
      sha256: hash,
      mean: [0.485, 0.456, 0.406],
      std: [0.229, 0.224, 0.225],
      output: 'sigmoid',
      licence: 'unknown',
      inputSizePx: 512,
    },
  );
  assert.deepEqual(from('net.onnx', '--name', 'mine', ...said, '--layout', 'nhwc').layout, 'nhwc');
});

test('wrong usage says what is missing', () => {
  const mine = ['net.onnx', '--name', 'net'];
  const cases: [string[], RegExp][] = [
    [['u2nett'], /u2nett is not a known model\. Known are u2net,/],
    [['./net.onnx'], /net\.onnx needs a name: --name/],
    [['net.onnx', '--name', 'Net'], /--name Net will not do/],
    [['net.onnx', '--name', '../net'], /--name \.\.\/net will not do/],
    [['net.onnx', '--name', 'a'.repeat(65)], /will not do/],
    [['net.onnx', '--name', 'isnet'], /isnet comes with Esteira/],
    [['ftp://x/y', '--name', 'net'], /not an address of http/],
    [['https://x/y', '--name', 'net', ...said], /A download needs --sha256/],
    [[...mine, '--sha256', 'abc', ...said], /--sha256 will not do/],
    [mine, /needs --mean/],
    [[...mine, '--mean', '1,2', '--std', '1,1,1', '--output', 'raw'], /three numbers/],
    [[...mine, '--mean', '1,,2', '--std', '1,1,1', '--output', 'raw'], /three numbers/],
    [[...mine, '--mean', '0,0,0', '--std', '1,0,1', '--output', 'raw'], /above 0/],
    [[...mine, ...said, '--output', 'softmax'], /one of sigmoid, raw, minmax/],
    [[...mine, ...said, '--input-size', '8'], /from 16 to 4096/],
    [['u2net', '--mean', '0,0,0'], /--mean is settled for u2net/],
    [['u2net', '--sha256', hash], /differs from that of u2net/],
  ];
  for (const [args, message] of cases) {
    assert.throws(
      () => from(...args),
      (error) => error instanceof UsageError && message.test(error.message),
      `${args}`,
    );
  }
});

test('the bar says how far, how fast and how long', () => {
  const mebibyte = 2 ** 20;
  assert.equal(
    bytesText(42 * mebibyte, 168 * mebibyte, 12 * mebibyte),
    '[######------------------] 42 MiB of 168 MiB  12 MiB/s, about 11 s left',
  );
  assert.equal(bytesText(mebibyte, undefined, 0), '1 MiB');
});
