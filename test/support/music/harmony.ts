/** One chord as semitones above the tonic. */
export interface Chord {
  readonly root: number;
  /** Above the root, the root itself first. */
  readonly tones: readonly number[];
}

export const scales = {
  major: [0, 2, 4, 5, 7, 9, 11],
  minor: [0, 2, 3, 5, 7, 8, 10],
} as const;

const degrees = ['i', 'ii', 'iii', 'iv', 'v', 'vi', 'vii'];

/**
 * @param numeral `V7`, `bVII`, `iim7b5`, `Imaj7`: capitals are major thirds, degrees are those of the scale
 * @throws Error for what is no numeral
 */
export function parseChord(numeral: string, mode: keyof typeof scales): Chord {
  const [, flat, roman, suffix] = /^(b?)([iv]+|[IV]+)(maj7|m7b5|7)?$/.exec(numeral) ?? [];
  const degree = degrees.indexOf(roman?.toLowerCase() ?? '');
  const step = scales[mode][degree];
  if (roman === undefined || step === undefined) throw new Error(`no chord: ${numeral}`);
  const isMajor = roman === roman.toUpperCase();
  const tones = [0, isMajor ? 4 : 3, suffix === 'm7b5' ? 6 : 7];
  if (suffix !== undefined) tones.push(suffix === 'maj7' ? 11 : 10);
  return { root: step - (flat === 'b' ? 1 : 0), tones };
}

/**
 * The chord near `centre`, with its lowest tone where the hands have least to move: inversions come by themselves.
 *
 * @param previous MIDI notes of the chord before, empty at the start
 * @returns MIDI notes, rising
 */
export function voiceChord(chord: Chord, tonic: number, centre: number, previous: readonly number[]): number[] {
  const pitches = chord.tones.map((tone) => (tonic + chord.root + tone) % 12);
  const voicings = pitches.flatMap((_, first) =>
    [-12, 0].map((shift) => {
      const rotated = [...pitches.slice(first), ...pitches.slice(0, first)];
      let note = centre + shift - (centre % 12) + (rotated[0] as number);
      return rotated.map((pitch) => {
        while (note % 12 !== pitch) note += 1;
        return note;
      });
    }),
  );
  const aim = previous.length > 0 ? mean(previous) : centre;
  const distance = (notes: readonly number[]) => Math.abs(mean(notes) - aim) + 0.3 * Math.abs(mean(notes) - centre);
  return voicings.reduce((best, voicing) => (distance(voicing) < distance(best) ? voicing : best));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
