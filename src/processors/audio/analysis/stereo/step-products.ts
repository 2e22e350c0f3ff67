import type { Dsp } from '#processors/shared/audio/dsp/dsp.ts';
import type { Pointer } from '#processors/shared/audio/dsp/fft.ts';
import { seriesStepSeconds } from '#processors/shared/audio/measure.ts';
import type { Products } from './products.ts';

interface ProductsKernel {
  products(left: Pointer, right: Pointer, out: Pointer, count: number): void;
}

/** Products of two channels, step by step in time. */
export interface StepProducts {
  add(left: Pointer, right: Pointer, frames: number): void;
  /** Each as a mean over its step; the last may be shorter than the others. */
  result(): { readonly steps: readonly Products[]; readonly whole: Products; readonly frames: number };
}

export async function createStepProducts(dsp: Dsp, sampleRateHz: number): Promise<StepProducts> {
  const kernel = await dsp.kernel<ProductsKernel>(new URL('./step-products.wasm', import.meta.url));
  const sums = dsp.allocate(6);
  const steps: Products[] = [];
  const whole = { left: 0, right: 0, cross: 0 };
  let frame = 0;
  let stepStart = 0;
  let stepEnd = endOf(0);

  function endOf(step: number): number {
    return Math.round((step + 1) * seriesStepSeconds * sampleRateHz);
  }

  function close(): void {
    const [left = 0, right = 0, cross = 0] = dsp.doubles(sums, 3);
    dsp.doubles(sums, 3).fill(0);
    whole.left += left;
    whole.right += right;
    whole.cross += cross;
    // At a few samples a second, a step may have none.
    const length = Math.max(1, frame - stepStart);
    steps.push({ left: left / length, right: right / length, cross: cross / length });
    stepStart = frame;
    stepEnd = endOf(steps.length);
  }

  return {
    add(left, right, frames) {
      for (let done = 0; done < frames; ) {
        const count = Math.min(stepEnd - frame, frames - done);
        kernel.products(left + done * 4, right + done * 4, sums, count);
        done += count;
        frame += count;
        if (frame === stepEnd) close();
      }
    },
    result() {
      if (frame > stepStart) close();
      const mean = (sum: number) => (frame === 0 ? 0 : sum / frame);
      return {
        steps,
        whole: { left: mean(whole.left), right: mean(whole.right), cross: mean(whole.cross) },
        frames: frame,
      };
    },
  };
}
