/** The slice of the global that is used; TypeScript declares it for browsers only. */
declare namespace WebAssembly {
  type Imports = Record<string, Record<string, unknown>>;

  class Memory {
    constructor(limits: { initial: number; maximum?: number });
    readonly buffer: ArrayBuffer;
  }

  interface Instance {
    readonly exports: Record<string, unknown>;
  }

  function instantiate(bytes: Uint8Array, imports: Imports): Promise<{ instance: Instance }>;
}
