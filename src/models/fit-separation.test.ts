import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { modelsIn } from '#processors/shared/models/model-folder.ts';
import { isSeparation } from '#processors/shared/models/parse-descriptor.ts';
import { magnitudesModel, samplesModel } from '../../test/support/separation-graphs.ts';
import { addModel, type NewSeparation } from './add-model.ts';
import { listModels } from './installed-models.ts';

let dir: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'esteira-separation-'));
});
after(() => rm(dir, { recursive: true }));

async function add(graph: Buffer, said: Partial<NewSeparation> = {}) {
  const path = join(dir, 'graph.onnx');
  await writeFile(path, graph);
  const model: NewSeparation = {
    name: 'mine',
    from: { path },
    licence: 'MIT',
    kind: 'separation',
    shape: 'demucs',
    sampleRateHz: 44_100,
    stems: ['vocals', 'other'],
    overlap: 0.25,
    normalisation: 'none',
    ...said,
  };
  const nothing = (): void => {};
  const signal = new AbortController().signal;
  const options = { signal, silenceMs: 1_000, pauseMs: 1, onProgress: nothing, onWait: nothing };
  const { descriptor } = await addModel(join(dir, 'models'), model, options);
  assert.ok(isSeparation(descriptor));
  return descriptor;
}

test('what a graph says of itself need not be said', async () => {
  const demucs = await add(samplesModel({ segment: 1_000, weights: [1, 1] }));
  assert.deepEqual([demucs.inputName, demucs.outputNames, demucs.segment], ['mix', ['stems'], 1_000]);
  const facts = ({ outputNames, segment, fftSize, hop, bins }: typeof demucs) => [
    outputNames,
    segment,
    fftSize,
    hop,
    bins,
  ];
  const unmix = await add(magnitudesModel({ dims: [2_049, 255], weights: [1] }), {
    shape: 'open-unmix',
    stems: ['vocals'],
  });
  assert.deepEqual(facts(unmix), [['stem0'], 255, 4_096, 1_024, 2_049]);
  const spleeter = await add(magnitudesModel({ dims: [512, 1_024], weights: [1, 1] }), { shape: 'spleeter' });
  assert.deepEqual(facts(spleeter), [['stem0', 'stem1'], 512, 4_096, 1_024, 1_024]);
  const open = magnitudesModel({ dims: ['frames', 'bins'], weights: [1, 1] });
  const said = await add(open, { shape: 'spleeter', segment: 64, bins: 256, fftSize: 1_024, hop: 256 });
  assert.deepEqual(facts(said), [['stem0', 'stem1'], 64, 1_024, 256, 256]);
});

test('it is found, listed and told from models that find subjects', async () => {
  await add(samplesModel({ segment: 1_000, weights: [1, 1] }), { name: 'listed' });
  const found = modelsIn(join(dir, 'models')).find('listed');
  assert.ok(found !== undefined && isSeparation(found));
  const row = (await listModels(join(dir, 'models'), [])).find(({ name }) => name === 'listed');
  assert.deepEqual([row?.state, row?.stems, row?.inputSizePx], ['ready', ['vocals', 'other'], undefined]);
});

test('what does not fit is refused with what is wrong', async () => {
  const samples = samplesModel({ segment: 1_000, weights: [1, 1] });
  const magnitudes = magnitudesModel({ dims: [64, 100], weights: [1, 1] });
  for (const [graph, said, words] of [
    [samples, { segment: 999 }, /takes 1000, not 999 as --segment says/],
    [samplesModel({ segment: 'any', weights: [1, 1] }), {}, /say --segment, in samples/],
    [samples, { stems: ['vocals', 'bass', 'drums'] }, /shape of its stems is \[1, 2, 2, 1000\], not \[1, 3, 2, 1000\]/],
    [samples, { outputNames: ['rest'] }, /no output "rest"; it has stems/],
    [samples, { inputName: 'audio' }, /no input "audio"; it has mix/],
    [samples, { shape: 'spleeter' }, /1 outputs for 2 stems/],
    [magnitudes, {}, /shape of its mix is \[1, 2, 64, 100\]/],
    [magnitudes, { shape: 'spleeter', bins: 99 }, /takes 100, not 99 as --bins says/],
    [magnitudes, { shape: 'spleeter', fftSize: 128, hop: 32 }, /a transform of 128 does not have 100 bins/],
    [magnitudes, { shape: 'spleeter', fftSize: 1_000 }, /no power of two/],
    [magnitudes, { shape: 'spleeter', fftSize: 1_024, hop: 1_024 }, /do not overlap/],
    [magnitudesModel({ dims: ['frames', 100], weights: [1, 1] }), { shape: 'spleeter' }, /say --segment, in frames/],
  ] as const) {
    await assert.rejects(add(graph, said as Partial<NewSeparation>), { code: 'MODEL_INVALID', message: words });
  }
});
