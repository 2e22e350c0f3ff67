import type { Measure, MeasureSetup } from '#processors/shared/audio/measure.ts';
import type { Dynamics, Silence, Waveform } from '../analysis.ts';
import { decibels, finite } from '../decibels.ts';
import { createHops, type Hop, hopStart, hopsPerSecond } from '../hops.ts';
import { createClipMeter } from './clips.ts';
import { createDynamicRange } from './dynamic-range.ts';
import { createEffectiveBits } from './effective-bits.ts';
import { createNoiseFloor } from './noise-floor.ts';
import { createSilenceMeter } from './silence.ts';
import { loadStatistics } from './statistics.ts';
import { createWaveform, stepsPerHop } from './waveform.ts';

export interface DynamicsResult {
  readonly dynamics: Dynamics;
  readonly silence: readonly Silence[];
  readonly waveform: Waveform;
}

/** The kernel that looks for clips reads this far ahead. */
const framesAhead = 8;

/**
 * Levels without any weighting. RMS is that of all samples of all channels, in dB of full scale as such: a sine at full
 * scale has −3.01 dBFS (AES-17 would add 3.01 dB).
 */
export async function createDynamicsMeasure(setup: MeasureSetup): Promise<Measure<DynamicsResult>> {
  const { sampleRateHz, layout } = setup.format;
  const { kernel, statistics, range } = await loadStatistics(setup);
  const channels = layout.map(() => ({ sum: 0, range: createDynamicRange() }));
  const clips = createClipMeter(setup, kernel);
  const bits = createEffectiveBits(setup.format);
  const noise = createNoiseFloor();
  const silence = createSilenceMeter(setup);
  const waveform = createWaveform();
  let [squares, frames, peak] = [0, 0, 0];

  function add(hop: Hop): void {
    let [hopSquares, low, high] = [0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
    for (const [channel, state] of channels.entries()) {
      const found = statistics(hop.pointers[channel] ?? 0, hop.frames);
      state.sum += found.sum;
      state.range.add(found.squares, hop.frames, Math.max(found.high, -found.low));
      clips.add(hop, channel, found);
      bits.add(found);
      hopSquares += found.squares;
      low = Math.min(low, found.low);
      high = Math.max(high, found.high);
    }
    const hopPeak = Math.max(high, -low);
    squares += hopSquares;
    frames += hop.frames;
    peak = Math.max(peak, hopPeak);
    silence.add(hop, hopPeak);
    if (!hop.isPartial) noise.add(hopSquares, hop.frames * layout.length);
    draw(hop, low, high);
  }

  function draw(hop: Hop, low: number, high: number): void {
    if (!waveform.isFine()) {
      waveform.add(low, high, stepsPerHop);
      return;
    }
    const frameAt = (step: number) => hopStart(hop.index + step / stepsPerHop, sampleRateHz) - hop.startFrame;
    for (let step = 0; step < stepsPerHop && frameAt(step) < hop.frames; step++) {
      const [from, to] = [frameAt(step), Math.min(frameAt(step + 1), hop.frames)];
      const ranges = hop.pointers.map((pointer) => range(pointer + from * 4, to - from));
      waveform.add(Math.min(...ranges.map((each) => each.low)), Math.max(...ranges.map((each) => each.high)), 1);
    }
  }

  const hops = createHops(setup, { before: Math.ceil(sampleRateHz / hopsPerSecond) + 1, after: framesAhead }, add);
  return {
    add: hops.add,
    result() {
      hops.end();
      const rms = Math.sqrt(squares / (frames * layout.length));
      const ranges = channels.map((state) => state.range.result()).filter((value) => value !== undefined);
      const offsets = channels.map(({ sum }) => (frames === 0 ? 0 : sum / frames));
      const dynamics: Dynamics = {
        rmsDbfs: finite(decibels(rms)),
        crestDb: finite(decibels(peak / rms)),
        dynamicRangeDb: finite(ranges.reduce((sum, value) => sum + value, 0) / ranges.length),
        ...clips.result(),
        dcOffset: offsets.reduce((furthest, offset) => (Math.abs(offset) > Math.abs(furthest) ? offset : furthest), 0),
        noiseFloorDbfs: finite(decibels(noise.result())),
        effectiveBits: bits.result(),
      };
      return { dynamics, silence: silence.result(), waveform: waveform.result() };
    },
  };
}
