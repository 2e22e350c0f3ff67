import { between, type Random } from '../random.ts';
import { frequencyHz, sampleRateHz } from './piece.ts';
import type { Note } from './score.ts';
import { createWavetable, tableSize } from './wavetable.ts';

/** Formants of vowels in Hz: a, e, i, o, u of a tenor, nearly. */
const vowels = [
  [700, 1150, 2600, 3300],
  [440, 1800, 2500, 3300],
  [290, 2100, 2700, 3300],
  [420, 820, 2550, 3300],
  [340, 720, 2400, 3300],
] as const;
const formantGains = [1, 0.6, 0.3, 0.18];
const formantWidthsHz = [80, 100, 130, 180];
const formants = formantGains.length;

/** Samples between two looks at pitch and formants. */
const controlStep = 32;

/**
 * A voice: a harmonic source with vibrato, a slide into each note and a little unsteadiness, through four formants that move
 * from vowel to vowel, with consonants and breath.
 *
 * @returns one channel
 */
export function singNotes(length: number, notes: readonly Note[], detuningCents: number, random: Random): Float32Array {
  const out = new Float32Array(length);
  const source = createWavetable((n) => n ** -1.1);
  const vibratoHz = between(random, 4.8, 6.5);
  const vibratoCents = between(random, 15, 55);
  const size = between(random, 0.95, 1.22);
  let vowel: readonly number[] = vowels[0];
  for (const note of notes) {
    const before = vowel;
    vowel = vowels[Math.floor(random() * vowels.length)] ?? vowels[0];
    const scoop = between(random, 0, 120);
    const phase = random() * tableSize;
    const start = Math.round(note.seconds * sampleRateHz);
    if (random() < 0.5) addConsonant(out, start, random);
    addSyllable(
      out,
      start,
      note,
      { table: source.at(frequencyHz(note.midi, 200)), before, vowel, size, phase },
      (t) => {
        const vibrato = vibratoCents * Math.min(1, t / 0.35) * Math.sin(2 * Math.PI * vibratoHz * t);
        return frequencyHz(note.midi, detuningCents + vibrato - scoop * Math.exp(-t / 0.04) + 6 * (random() - 0.5));
      },
    );
  }
  return out;
}

interface Mouth {
  readonly table: Float32Array;
  readonly before: readonly number[];
  readonly vowel: readonly number[];
  /** Of the throat, against a tenor's. */
  readonly size: number;
  readonly phase: number;
}

function addSyllable(out: Float32Array, start: number, note: Note, mouth: Mouth, pitchAt: (t: number) => number): void {
  const held = Math.round(note.durationSeconds * sampleRateHz);
  const end = Math.min(out.length, start + held + Math.round(0.12 * sampleRateHz));
  const [y1, y2, a1, a2, b] = [0, 0, 0, 0, 0].map(() => new Float64Array(formants)) as [
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
    Float64Array,
  ];
  let phase = mouth.phase;
  let step = 0;
  let level = 0;
  for (let i = Math.max(0, start); i < end; i += 1) {
    const since = i - start;
    if (since % controlStep === 0 || step === 0) {
      const t = since / sampleRateHz;
      step = (pitchAt(t) * tableSize) / sampleRateHz;
      const moved = 1 - Math.exp(-t / 0.05);
      for (let k = 0; k < formants; k += 1) {
        const from = mouth.before[k] as number;
        const hz = mouth.size * (from + moved * ((mouth.vowel[k] as number) - from));
        const radius = Math.exp((-Math.PI * (formantWidthsHz[k] as number)) / sampleRateHz);
        a1[k] = 2 * radius * Math.cos((2 * Math.PI * hz) / sampleRateHz);
        a2[k] = -radius * radius;
        b[k] = (formantGains[k] as number) * (1 - radius);
      }
    }
    const index = phase | 0;
    const value = mouth.table[index] as number;
    const x = value + (phase - index) * ((mouth.table[index + 1] as number) - value);
    let sum = 0;
    for (let k = 0; k < formants; k += 1) {
      const y = (b[k] as number) * x + (a1[k] as number) * (y1[k] as number) + (a2[k] as number) * (y2[k] as number);
      y2[k] = y1[k] as number;
      y1[k] = y;
      sum += y;
    }
    level += ((since < held ? note.velocity : 0) - level) * (since < held ? 0.0012 : 0.0008);
    out[i] = (out[i] as number) + level * sum;
    phase += step;
    if (phase >= tableSize) phase -= tableSize;
  }
}

/** A burst of breath before the vowel: s, t, k. */
function addConsonant(out: Float32Array, start: number, random: Random): void {
  const length = Math.round(between(random, 0.02, 0.07) * sampleRateHz);
  const level = between(random, 0.02, 0.1);
  let last = 0;
  for (let i = 0; i < length; i += 1) {
    const white = random() * 2 - 1;
    const at = start - length + i + 400;
    if (at >= 0 && at < out.length)
      out[at] = (out[at] as number) + level * (white - last) * Math.sin((Math.PI * i) / length);
    last = white;
  }
}
