/** What we use of the package `aac`: its tables. Codebooks are not exported; they pass through `findOffset`. */
declare module 'aac/src/huffman.js' {
  type Code = readonly number[];
  interface Tables {
    findOffset(stream: unknown, table: readonly Code[]): number;
    signValues(): void;
    getEscape(): number;
  }
  const huffman: {
    decodeScaleFactor(this: Tables, stream: unknown): number;
    decodeSpectralData(this: Tables, stream: unknown, codebook: number, data: number[], offset: number): void;
  };
  export = huffman;
}

declare module 'aac/src/tables.js' {
  const tables: {
    readonly SWB_OFFSET_1024: readonly Uint16Array[];
    readonly SWB_OFFSET_128: readonly Uint16Array[];
    readonly SAMPLE_RATES: Int32Array;
  };
  export = tables;
}
