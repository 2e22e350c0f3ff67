declare module 'essentia.js' {
  interface EssentiaVector {
    size(): number;
    delete(): void;
  }

  /** The slice of the library that tests and benchmarks use. */
  class Essentia {
    constructor(wasm: unknown);
    arrayToVector(values: Float32Array): EssentiaVector;
    vectorToArray(vector: EssentiaVector): Float32Array;
    Centroid(values: EssentiaVector, range: number): { centroid: number };
    CentralMoments(values: EssentiaVector, mode: 'pdf' | 'sample', range: number): { centralMoments: EssentiaVector };
    Flatness(values: EssentiaVector): { flatness: number };
    KeyExtractor(signal: EssentiaVector): { key: string; scale: string; strength: number };
    PercivalBpmEstimator(signal: EssentiaVector): { bpm: number };
    RhythmExtractor2013(
      signal: EssentiaVector,
      maxTempo?: number,
      method?: 'multifeature' | 'degara',
      minTempo?: number,
    ): { bpm: number; ticks: EssentiaVector; confidence: number };
    RollOff(spectrum: EssentiaVector, cutoff: number, sampleRate: number): { rollOff: number };
    SuperFluxExtractor(signal: EssentiaVector): { onsets: EssentiaVector };
  }

  const essentia: { readonly Essentia: typeof Essentia; readonly EssentiaWASM: unknown };
  // biome-ignore lint/style/noDefaultExport: a CommonJS package
  export default essentia;
}
