import type { Pointer } from '#processors/shared/audio/dsp/fft.ts';
import type { MeasureBlock, MeasureSetup } from '#processors/shared/audio/measure.ts';
import { createMonoFrames } from '../mono/mono-frames.ts';
import { createFloatRows } from './float-rows.ts';

interface FluxKernel {
  logMagnitudes(spectrum: Pointer, out: Pointer, bins: number, scale: number): void;
  flux(now: Pointer, before: Pointer, edges: Pointer, out: Pointer): void;
}

/** Onset strength over time, in bands from low to high: kick and bass; toms and chords; voices and snares; hats. */
export interface OnsetStrength {
  /** Values of a second. */
  readonly rateHz: number;
  /** Value i is about what happens around i / rateHz; mean increase of ln(1 + 1000 |X|) over the band. */
  readonly bands: readonly Float32Array[];
}

/** Upper ends. */
const bandEdgesHz = [172, 689, 2756, 11_025];
/** Frames of 23 ms every 5.8 ms, as near as the sample rate lets it be. */
const wantedRateHz = 44_100 / 256;
const wantedResolutionHz = 44_100 / 1024;
/** Full scale is 0 dB; what is 60 dB below is where levels begin to count as logarithms. */
const compression = 1000;
/** An attack is seen over two frames: they overlap by three quarters. */
const lag = 2;
/** Frames between two looks into the kernels' memory. */
const drainAfter = 1024;

export async function createOnsetStrength(
  setup: MeasureSetup,
): Promise<{ add(block: MeasureBlock): void; result(): OnsetStrength }> {
  const { dsp, format } = setup;
  const kernel = await dsp.kernel<FluxKernel>(new URL('./flux.wasm', import.meta.url));
  const size = Math.max(32, 2 ** Math.round(Math.log2(format.sampleRateHz / wantedResolutionHz)));
  const hop = Math.max(1, Math.round(format.sampleRateHz / wantedRateHz));
  const edges = bandEdgesHz.map((hz) => Math.min(size / 2, 4 * Math.round((hz * size) / format.sampleRateHz / 4)));
  const bins = edges.at(-1) ?? 0;
  // Room for the neighbours of the first and the last bin.
  const spare = 4;
  const logs = Array.from({ length: lag + 1 }, () => dsp.allocate(bins + 2 * spare) + spare * 4);
  const edgesPointer = dsp.allocate(edges.length);
  new Int32Array(dsp.floats(edgesPointer, edges.length).buffer, edgesPointer, edges.length).set(edges);
  const fluxes = dsp.allocate(edges.length * drainAfter);
  const rows = createFloatRows(edges.length);
  let index = 0;

  function drain(): void {
    const count = ((index - 1) % drainAfter) + 1;
    rows.append(dsp.floats(fluxes, edges.length * count));
  }

  const frames = await createMonoFrames(setup, { size, hop }, (spectrum) => {
    const now = logs[index % logs.length] as Pointer;
    kernel.logMagnitudes(spectrum, now, bins, compression);
    // The frame after this one in the circle is the oldest; before the first there was silence.
    const before = logs[(index + 1) % logs.length] as Pointer;
    kernel.flux(now, before, edgesPointer, fluxes + (index % drainAfter) * edges.length * 4);
    index += 1;
    if (index % drainAfter === 0) drain();
  });
  return {
    add: frames.add,
    result() {
      // The last 12 ms are not filled up: where samples break off is no attack.
      if (index % drainAfter !== 0) drain();
      return { rateHz: format.sampleRateHz / hop, bands: rows.takeColumns() };
    },
  };
}
