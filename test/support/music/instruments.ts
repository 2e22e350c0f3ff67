import { between, type Random } from '../random.ts';
import { frequencyHz, type Stereo, sampleRateHz } from './piece.ts';
import type { Note } from './score.ts';
import { createWavetable, tableSize, type Wavetable } from './wavetable.ts';

/** A sound that starts bright and turns dull, as strings and filters do. */
export interface Timbre {
  readonly bright: Wavetable;
  readonly dull: Wavetable;
  readonly attackSeconds: number;
  /** Time constant of the level while held; infinity for organs and bows. */
  readonly decaySeconds: number;
  readonly brightSeconds: number;
  readonly releaseSeconds: number;
  /** Cents and places (0 left … 1 right) of the voices of one note. */
  readonly layers: readonly { readonly cents: number; readonly pan: number }[];
}

/** From a piano to a pad; only the pads have no audible attack. */
export function chordTimbre(random: Random): Timbre {
  const pan = between(random, 0.2, 0.8);
  const kind = Math.floor(random() * 5);
  const wide = between(random, 3, 9);
  const pluck = between(random, 0.12, 0.3);
  const timbres: readonly Timbre[] = [
    struck((n) => n ** -1.4, 0.004, between(random, 0.8, 2), pan),
    struck((n) => (n === 1 ? 1 : n === 4 ? 0.25 : n ** -3), 0.003, between(random, 0.7, 1.5), pan),
    struck((n) => Math.abs(Math.sin(Math.PI * n * pluck)) * n ** -1.1, 0.002, between(random, 0.4, 1.2), pan),
    {
      ...struck((n) => [1, 0.8, 0.5, 0.6, 0, 0.3, 0, 0.3][n - 1] ?? 0, 0.006, Number.POSITIVE_INFINITY, pan),
      releaseSeconds: 0.03,
    },
    {
      ...struck((n) => n ** -1.2, between(random, 0.05, 0.2), Number.POSITIVE_INFINITY, pan),
      releaseSeconds: 0.25,
      layers: [
        { cents: -wide, pan: 0.1 },
        { cents: wide, pan: 0.9 },
      ],
    },
  ];
  return timbres[kind] as Timbre;
}

/** Whether a listener hears where the note begins. */
export function hasAttack(timbre: Timbre): boolean {
  return timbre.attackSeconds < 0.03;
}

export function bassTimbre(random: Random): Timbre {
  const kind = Math.floor(random() * 3);
  const amplitude = [(n: number) => n ** -1.8, (n: number) => n ** -1.1, (n: number) => (n <= 3 ? 0.35 ** (n - 1) : 0)][
    kind
  ];
  return { ...struck(amplitude ?? (() => 0), 0.006, between(random, 0.4, 1.5), 0.5), releaseSeconds: 0.03 };
}

function struck(amplitude: (n: number) => number, attackSeconds: number, decaySeconds: number, pan: number): Timbre {
  return {
    bright: createWavetable(amplitude),
    dull: createWavetable((n) => amplitude(n) * Math.exp(-(n - 1) / 4)),
    attackSeconds,
    decaySeconds,
    brightSeconds: 0.15,
    releaseSeconds: 0.08,
    layers: [{ cents: 0, pan }],
  };
}

/** Adds notes to `out`. */
export function playNotes(out: Stereo, notes: readonly Note[], timbre: Timbre, detuningCents: number): void {
  for (const note of notes) {
    for (const { cents, pan } of timbre.layers) {
      const hz = frequencyHz(note.midi, detuningCents + cents);
      addTone(out, note, hz, pan, timbre);
    }
  }
}

function addTone([left, right]: Stereo, note: Note, hz: number, pan: number, timbre: Timbre): void {
  const bright = timbre.bright.at(hz);
  const dull = timbre.dull.at(hz);
  const start = Math.max(0, Math.round(note.seconds * sampleRateHz));
  const held = Math.round(note.durationSeconds * sampleRateHz);
  const end = Math.min(left.length, start + held + Math.round(timbre.releaseSeconds * 4 * sampleRateHz));
  const step = (hz * tableSize) / sampleRateHz;
  const decay = Math.exp(-1 / (timbre.decaySeconds * sampleRateHz));
  const release = Math.exp(-1 / (timbre.releaseSeconds * sampleRateHz));
  const dulling = Math.exp(-1 / (timbre.brightSeconds * sampleRateHz));
  const rise = 1 / Math.max(1, timbre.attackSeconds * sampleRateHz);
  const gainLeft = Math.cos((pan * Math.PI) / 2);
  const gainRight = Math.sin((pan * Math.PI) / 2);
  let level = note.velocity;
  let brightness = note.velocity;
  let attack = 0;
  // Strings are not struck in phase with each other.
  let phase = (hz * 7919) % tableSize;
  for (let i = start; i < end; i += 1) {
    const index = phase | 0;
    const part = phase - index;
    const low = dull[index] as number;
    const high = bright[index] as number;
    const soft = low + part * ((dull[index + 1] as number) - low);
    const sharp = high + part * ((bright[index + 1] as number) - high);
    attack = attack >= 1 ? 1 : attack + rise;
    const value = level * attack * (soft + brightness * (sharp - soft));
    left[i] = (left[i] as number) + gainLeft * value;
    right[i] = (right[i] as number) + gainRight * value;
    brightness *= dulling;
    level *= i - start < held ? decay : release;
    phase += step;
    if (phase >= tableSize) phase -= tableSize;
  }
}
