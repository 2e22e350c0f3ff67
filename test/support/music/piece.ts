/** Planar samples at `sampleRateHz`, left and right. */
export type Stereo = readonly [Float32Array, Float32Array];

export const sampleRateHz = 44_100;

export type StyleName =
  | 'rock'
  | 'ballad'
  | 'four-on-the-floor'
  | 'half-time'
  | 'shuffle'
  | 'hip-hop'
  | 'samba'
  | 'bossa'
  | 'breakbeat'
  | 'punk'
  | 'sparse';

/** What a piece is to be; everything else (patterns, timbres, melody, accidents) comes from its seed. */
export interface PieceDescription {
  readonly style: StyleName;
  /** Of the quarter note that the style is counted in; 60 … 190. */
  readonly tempoBpm: number;
  /** 0 C … 11 B. */
  readonly tonic: number;
  readonly mode: 'major' | 'minor';
  /** Roman numerals in the scale of `mode`: `I V vi IV7`. */
  readonly progression: string;
  readonly beatsPerChord: number;
  /** Place of the second of two notes: 0.5 straight, 0.667 triplets. */
  readonly swing: number;
  /** Of all that has a pitch, against A = 440 Hz. */
  readonly detuningCents: number;
  readonly durationSeconds: number;
  /** Bars before the drums come in. */
  readonly introBars: number;
  /** Standard deviation of every player's timing. */
  readonly humanMs: number;
  /** The tempo wanders by this part of itself: 0.004 up and down. */
  readonly drift: number;
  /** 0 dry … 1 a hall. */
  readonly reverb: number;
  /** Hiss below the music. */
  readonly noiseDb: number;
}

export interface PieceTruth {
  readonly tempoBpm: number;
  /** `A minor`, `F# major`. */
  readonly key: string;
  /** Every quarter note of the grid, before the players' liberties. */
  readonly beatsSeconds: readonly number[];
  /**
   * Every attack of drums, bass, plucked or struck chords and syllables, as played; attacks within 30 ms count as one.
   * Ghost notes and the slow attacks of pads are no onsets.
   */
  readonly onsetsSeconds: readonly number[];
  readonly detuningCents: number;
}

export interface Piece {
  /** Sample by sample `drums + bass + chords + vocals`, added in this order in 32 bits. */
  readonly mix: Stereo;
  readonly sources: {
    readonly drums: Stereo;
    readonly bass: Stereo;
    readonly chords: Stereo;
    readonly vocals: Stereo;
  };
  readonly truth: PieceTruth;
}

export const pitchNames = ['C', 'C#', 'D', 'D#', 'E', 'F', 'F#', 'G', 'G#', 'A', 'A#', 'B'] as const;

export function frequencyHz(midi: number, detuningCents: number): number {
  return 440 * 2 ** ((midi - 69) / 12 + detuningCents / 1200);
}
