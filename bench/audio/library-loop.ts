import { readFileSync } from 'node:fs';
import essentiaModule from 'essentia.js';
import meydaModule from 'meyda';

/**
 * What libraries need for their share of an analysis, in a process of its own: `node library-loop.ts track.wav` prints
 * seconds by name as JSON. The WAV is ours: 44 bytes of header, 16-bit stereo at 44.1 kHz.
 */

const bytes = readFileSync(process.argv[2] ?? '');
const samples = new Int16Array(bytes.buffer, bytes.byteOffset + 44, (bytes.length - 44) >> 1);
const mono = Float32Array.from({ length: samples.length / 2 }, (_, i) => {
  return ((samples[2 * i] ?? 0) + (samples[2 * i + 1] ?? 0)) / 65_536;
});

const essentia = new essentiaModule.Essentia(essentiaModule.EssentiaWASM);
const signal = essentia.arrayToVector(mono);
const frameSize = 2_048;
/** Its types are those of the browser's node only. */
const meyda = meydaModule as unknown as {
  bufferSize: number;
  sampleRate: number;
  extract(features: readonly string[], frame: Float32Array): unknown;
};
meyda.bufferSize = frameSize;
meyda.sampleRate = 44_100;

const shares: Readonly<Record<string, () => void>> = {
  'essentia.js KeyExtractor': () => void essentia.KeyExtractor(signal),
  'essentia.js PercivalBpmEstimator': () => void essentia.PercivalBpmEstimator(signal),
  'essentia.js RhythmExtractor2013': () => void essentia.RhythmExtractor2013(signal, 208, 'multifeature', 40),
  'Meyda, 4 features of 2048/1024': () => {
    const features = ['powerSpectrum', 'spectralCentroid', 'spectralRolloff', 'spectralFlatness'];
    for (let at = 0; at + frameSize <= mono.length; at += frameSize / 2) {
      meyda.extract(features, mono.subarray(at, at + frameSize));
    }
  },
};

const seconds = Object.entries(shares).map(([name, work]) => {
  const startMs = performance.now();
  work();
  return [name, (performance.now() - startMs) / 1_000] as const;
});
process.stdout.write(JSON.stringify(Object.fromEntries(seconds)));
