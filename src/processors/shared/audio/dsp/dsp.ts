import { readFile } from 'node:fs/promises';
import pffft, { type PffftModule } from '@echogarden/pffft-wasm/simd';
import { createFft, type Fft, type Pointer } from './fft.ts';

/**
 * Signal processing in WebAssembly: the transforms of PFFFT and our own kernels (`*.as.ts`) work on one memory, so that
 * nothing is copied between them. One for each thread; what it allocates lives as long as it does, or until `free`.
 */
export interface Dsp {
  /** @returns `length` floats of 32 bits, all zero */
  allocate(length: number): Pointer;
  free(pointer: Pointer): void;
  /** A view of memory. Any later `allocate` may move the memory away from under it: take views after the last one. */
  floats(pointer: Pointer, length: number): Float32Array;
  doubles(pointer: Pointer, length: number): Float64Array;
  /** @param size of the real transform: a power of two from 32 */
  fft(size: number): Fft;
  /**
   * Loads a kernel: functions over pointers and counts, from `name.wasm`, which `scripts/build-kernels.ts` makes of
   * `name.as.ts`.
   */
  kernel<K extends object>(url: URL): Promise<K>;
}

export async function createDsp(): Promise<Dsp> {
  let memory: WebAssembly.Memory | undefined;
  const bytes = await readFile(new URL(import.meta.resolve('@echogarden/pffft-wasm/simd').replace(/\.js$/, '.wasm')));
  const module: PffftModule = await pffft({
    instantiateWasm(imports, receive) {
      void WebAssembly.instantiate(bytes, imports).then(({ instance }) => {
        memory = Object.values(instance.exports).find((exported) => exported instanceof WebAssembly.Memory);
        receive(instance);
      });
      return {};
    },
  });
  if (memory === undefined) throw new Error('pffft exports no memory');
  const held = memory;
  const dsp: Dsp = {
    allocate(length) {
      const pointer = module._pffft_aligned_malloc(Math.max(16, length * 4));
      if (pointer === 0) throw new Error(`no memory for ${length} floats`);
      dsp.floats(pointer, length).fill(0);
      return pointer;
    },
    free: (pointer) => module._pffft_aligned_free(pointer),
    floats: (pointer, length) => new Float32Array(held.buffer, pointer, length),
    doubles: (pointer, length) => new Float64Array(held.buffer, pointer, length),
    fft: (size) => createFft(module, dsp.allocate, size),
    async kernel<K extends object>(url: URL): Promise<K> {
      const { instance } = await WebAssembly.instantiate(await readFile(url), { env: { memory: held } });
      return instance.exports as K;
    },
  };
  return dsp;
}
