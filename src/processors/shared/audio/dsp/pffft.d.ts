declare module '@echogarden/pffft-wasm/simd' {
  /** The slice of PFFFT that is used; pointers are byte addresses. */
  export interface PffftModule {
    _pffft_aligned_malloc(bytes: number): number;
    _pffft_aligned_free(pointer: number): void;
    _pffft_new_setup(size: number, transform: number): number;
    _pffft_transform_ordered(setup: number, input: number, output: number, work: number, direction: number): void;
  }

  interface Options {
    instantiateWasm(imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void): object;
  }

  // biome-ignore lint/style/noDefaultExport: the package has no other
  export default function pffft(options: Options): Promise<PffftModule>;
}
