/** What every engine is given: make these pictures. `round` changes the bytes of the result, so that none is known. */
export interface Task {
  readonly files: readonly string[];
  /** Of the photographs, in their order; for composing. */
  readonly masks: readonly string[];
  readonly round: number;
}

export interface Engine {
  readonly name: string;
  /** @returns milliseconds for all the files */
  turn(task: Task): Promise<number>;
  close(): Promise<void>;
}

/** The quality of the JPEG, which differs from round to round. */
export function compressionOf(round: number): number {
  return 80 + (round % 15);
}
