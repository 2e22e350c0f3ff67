/** Something that plays, from one clock that everything on the page follows. */
export interface Transport {
  /** 0 until it is known. */
  readonly durationSeconds: number;
  readonly playing: boolean;
  readonly timeSeconds: number;
  play(): void;
  pause(): void;
  /** To a place, kept within the recording. */
  seek(seconds: number): void;
  /** Told when it starts, stops, jumps, ends, or learns its length; not while time merely passes. */
  subscribe(listener: () => void): () => void;
  /** Lets go of all that it holds; it cannot be used afterwards. */
  close(): void;
}

/** Who listens to something, and how they are told. */
export function listeners() {
  const all = new Set<() => void>();
  return {
    subscribe(listener: () => void): () => void {
      all.add(listener);
      return () => all.delete(listener);
    },
    tell(): void {
      for (const listener of all) listener();
    },
  };
}

export function withinSeconds(seconds: number, durationSeconds: number): number {
  return Math.min(Math.max(0, seconds), Math.max(0, durationSeconds));
}
