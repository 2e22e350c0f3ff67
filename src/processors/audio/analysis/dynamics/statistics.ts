import type { Pointer } from '#processors/shared/audio/dsp/fft.ts';
import type { MeasureSetup } from '#processors/shared/audio/measure.ts';

/** `statistics.as.ts` */
export interface StatisticsKernel {
  statistics(x: Pointer, count: number, scale: number, out: Pointer): void;
  range(x: Pointer, count: number, out: Pointer): void;
  plateau(x: Pointer, from: number, count: number, level: number): number;
}

/** Of some samples of one channel. */
export interface Statistics {
  readonly sum: number;
  readonly squares: number;
  readonly low: number;
  readonly high: number;
  /** Bits that are set in any sample, and in every sample, as whole numbers of the file. */
  readonly anyBits: number;
  readonly everyBits: number;
}

export interface SampleStatistics {
  readonly kernel: StatisticsKernel;
  statistics(x: Pointer, count: number): Statistics;
  range(x: Pointer, count: number): Pick<Statistics, 'low' | 'high'>;
}

export async function loadStatistics({ dsp, format }: MeasureSetup): Promise<SampleStatistics> {
  const kernel = await dsp.kernel<StatisticsKernel>(new URL('./statistics.wasm', import.meta.url));
  const scale = 2 ** ((format.bitsPerSample ?? 16) - 1);
  const out = dsp.allocate(12);
  let numbers = dsp.doubles(out, 6);
  const at = (index: number) => numbers[index] ?? 0;
  /** Memory may have moved. */
  const refresh = () => {
    if (numbers.length === 0) numbers = dsp.doubles(out, 6);
  };
  return {
    kernel,
    statistics(x, count) {
      kernel.statistics(x, count, scale, out);
      refresh();
      return { sum: at(0), squares: at(1), low: at(2), high: at(3), anyBits: at(4), everyBits: at(5) };
    },
    range(x, count) {
      kernel.range(x, count, out);
      refresh();
      return { low: at(0), high: at(1) };
    },
  };
}
