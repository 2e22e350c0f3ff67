import type { StyleName } from './piece.ts';

export type DrumSound =
  | 'kick'
  | 'snare'
  | 'clap'
  | 'rim'
  | 'hat'
  | 'openHat'
  | 'ride'
  | 'tom'
  | 'shaker'
  | 'tamborim'
  | 'surdo';

/**
 * Figures are bars of sixteenth notes. Drums: `x` loud, `o` softer, `g` ghost note, `?` a note in half of the bars.
 * Bass: `1` root, `3`, `5`, `8` octave. Chords: `x` all tones, `0`…`3` one of them. `-` holds, `.` rests.
 */
export interface Style {
  readonly tempoBpm: readonly [number, number];
  /** The pair that is swung, in beats, and how far. */
  readonly swing?: { readonly pairBeats: number; readonly range: readonly [number, number] };
  readonly drums: readonly Partial<Record<DrumSound, string>>[];
  readonly bass: readonly string[];
  readonly chords: readonly string[];
}

const held = 'x---------------';
const halves = 'x-------x-------';
const quarters = 'x---x---x---x---';
const eighths = 'x-x-x-x-x-x-x-x-';
const arpeggio = '0-1-2-1-3-1-2-1-';
const pushed = 'x-----x---------';
const offbeats = '..x...x...x...x.';

export const styles: Readonly<Record<StyleName, Style>> = {
  rock: {
    tempoBpm: [84, 160],
    drums: [
      { kick: 'x.......x.?.....', snare: '....x.......x...', hat: 'x.o.x.o.x.o.x.o.' },
      { kick: 'x.....o.x.....?.', snare: '....x.......x..g', hat: 'x.o.x.o.x.o.x.o.' },
      { kick: 'x.....x...x.....', snare: '....x.......x...', ride: 'x.o.x.o.x.o.x.o.', hat: '....o.......o...' },
      { kick: 'x..?....x.x.....', snare: '....x..g....x...', openHat: 'x...o...x...o...' },
    ],
    bass: ['1-1-1-1-1-1-1-1-', '1-----1-1-----5-', '1---1---5---1---', '1-----8-1---5-3-'],
    chords: [eighths, quarters, pushed, held],
  },
  ballad: {
    tempoBpm: [60, 86],
    drums: [
      { kick: 'x.......x.......', snare: '....x.......x...', hat: 'x.o.x.o.x.o.x.o.' },
      { kick: 'x.....o.x.......', rim: '....x.......x...', hat: 'x.o.x.o.x.o.x.o.' },
      { kick: 'x.........x.....', snare: '....x.......x...', ride: 'x...x...x...x...', shaker: 'o.o.o.o.o.o.o.o.' },
    ],
    bass: ['1-------1-------', '1-----1-5-------', '1-----5-8---5---'],
    chords: [arpeggio, held, quarters, halves],
  },
  'four-on-the-floor': {
    tempoBpm: [108, 150],
    drums: [
      { kick: 'x...x...x...x...', clap: '....x.......x...', openHat: '..x...x...x...x.' },
      { kick: 'x...x...x...x...', clap: '....x.......x...', openHat: '..x...x...x...x.', hat: 'o.go.ogoo.go.ogo' },
      { kick: 'x...x...x...x..?', hat: '..x...x...x...x.', shaker: 'ogxgogxgogxgogxg' },
      { kick: 'x...x...x...x...', rim: '...o..o....o..?.', openHat: '..x...x...x...x.' },
    ],
    bass: ['..1...1...1...1.', '1..1..1..1..1.1.', '.11..11..11..11.', '1-8-1-8-1-8-1-8-'],
    chords: [offbeats, 'x..x..x...x..x..', held, '..x..x....x..x..'],
  },
  'half-time': {
    tempoBpm: [126, 172],
    drums: [
      { kick: 'x.....?.....?...', snare: '........x.......', hat: 'x.o.x.o.x.o.x.o.' },
      { kick: 'x.........x...?.', clap: '........x.......', hat: 'x.o.x.oox.o.xooo' },
      { kick: 'x..o............', snare: '........x.......', ride: 'x...x...x...x...', shaker: 'o.o.o.o.o.o.o.o.' },
    ],
    bass: ['1-------1---1-5-', '1-----1---------', '1-------------5-'],
    chords: [held, quarters, eighths, arpeggio],
  },
  shuffle: {
    tempoBpm: [74, 150],
    swing: { pairBeats: 1, range: [0.6, 0.667] },
    drums: [
      { kick: 'x.......x.......', snare: '....x.......x...', hat: 'x.o.x.o.x.o.x.o.' },
      { kick: 'x.....o.x.......', snare: '....x.g.....x.g.', ride: 'x...x.o.x...x.o.', hat: '....x.......x...' },
      { kick: 'x...o...x...o...', snare: '..g.x.g...g.x.g.', hat: 'x.o.x.o.x.o.x.o.' },
    ],
    bass: ['1---3---5---8---', '1-1-3-3-5-5-3-3-', '1---5---8---5---'],
    chords: ['x.x.x.x.x.x.x.x.', '..x...x...x...x.', 'x-----x-x-------', quarters],
  },
  'hip-hop': {
    tempoBpm: [78, 104],
    swing: { pairBeats: 0.5, range: [0.53, 0.6] },
    drums: [
      { kick: 'x.....?..xx.....', snare: '....x.......x...', hat: 'x.o.x.o.x.o.x.o.' },
      { kick: 'x..x......x..?..', snare: '....x..g....x...', hat: 'x.oox.o.x.oox.o.' },
      { kick: 'x.o....x..x.....', clap: '....x.......x...', hat: 'x.o.x.o.x.o.x.o.', shaker: 'ogogogogogogogog' },
    ],
    bass: ['1--1------1-----', '1-----1--11-----', '1-------5-1-----'],
    chords: [held, 'x-----x---x-----', '....x-------x---', arpeggio],
  },
  samba: {
    tempoBpm: [78, 116],
    drums: [
      { surdo: 'o...x...o...x...', tamborim: 'x.x.xx.x.x.xx.x.', shaker: 'xooxxooxxooxxoox' },
      { kick: 'x..xx..xx..xx..x', rim: 'x.x..x.xx..x.x..', hat: 'ooxoooxoooxoooxo' },
      { surdo: 'g...x..?g...x..o', tamborim: '.x.xx.x.x.x.xx.x', shaker: 'xoxoxoxoxoxoxoxo', kick: 'x..xx..xx..xx..x' },
    ],
    bass: ['1--51--51--51--5', '1---5-515---1-15', '1--5---51--5---5'],
    chords: ['x.x..x.xx..x.x..', 'x..x..x...x..x..', '.x.xx.x.x.x.xx.x'],
  },
  bossa: {
    tempoBpm: [112, 168],
    drums: [
      { kick: 'x.....o.x.....o.', rim: 'x.....x.....x...', hat: 'x.o.x.o.x.o.x.o.' },
      { kick: 'x.....o.x.....o.', rim: '....x.....x.....', shaker: 'x.o.x.o.x.o.x.o.' },
    ],
    bass: ['1-----5-5-----1-', '1-----5-8-----5-'],
    chords: ['x---..x-----x-..', 'x-..x-....x-..x-', '..x-..x---..x---'],
  },
  breakbeat: {
    tempoBpm: [158, 180],
    drums: [
      { kick: 'x.........x.....', snare: '....x..g.g..x..g', hat: 'x.o.x.o.x.o.x.o.' },
      { kick: 'x.x.......xx....', snare: '....x..o.o....x.', ride: 'x.o.x.o.x.o.x.o.' },
    ],
    bass: ['1-------------5-', '1--1--1-----1---', '1-1---------3-5-'],
    chords: [held, 'x-----x---------', arpeggio],
  },
  punk: {
    tempoBpm: [150, 190],
    drums: [
      { kick: 'x.......x.x.....', snare: '....x.......x...', hat: 'x.o.x.o.x.o.x.o.' },
      { kick: 'x.....x.x.......', snare: '....x.......x...', openHat: 'x...x...x...x...' },
    ],
    bass: ['1-1-1-1-1-1-1-1-', '1-1-1-1-5-5-3-3-'],
    chords: [eighths, quarters],
  },
  sparse: {
    tempoBpm: [64, 124],
    drums: [
      { kick: 'x...............', rim: '........o.......', shaker: 'o...o...o...o...' },
      { kick: 'x.......?.......', shaker: 'x.o.x.o.x.o.x.o.' },
      { rim: '....x.......x...' },
      { tom: 'x.........o.....', ride: 'x...o...o...o...' },
    ],
    bass: ['1-------5-------', '1-----------5---', '1---5---8---5---'],
    chords: [arpeggio, quarters, 'x-----x-----x---', eighths],
  },
};

/** In the scale of the mode. The last of each list are the treacherous ones: see `isTreacherous`. */
export const progressions: Readonly<Record<'major' | 'minor', readonly string[]>> = {
  major: [
    'I V vi IV',
    'I vi IV V',
    'I IV V I',
    'I IV I V7',
    'Imaj7 vi7 ii7 V7',
    'I iii IV V',
    'I I IV I V7 IV I I',
    'I7 IV7 I7 V7',
    'I bVII IV I',
    'I IV iv I',
    'I II7 V7 I',
    'vi IV I V',
  ],
  minor: [
    'i VI III VII',
    'i iv V7 i',
    'i VII VI V7',
    'i VI iv V7',
    'i7 iv7 VII7 IIImaj7',
    'i v VI VII',
    'iim7b5 V7 i i',
    'i VII VI VII',
    'i i iv i V7 iv i V7',
    'i IV i V7',
    'i III VII IV',
  ],
};

/**
 * Nothing but the chords of the relative key, beginning elsewhere: only bass, melody and phrasing tell which it is. Real
 * songs do this; a catalogue holds a few.
 */
export function isTreacherous(progression: string): boolean {
  return progression === 'vi IV I V';
}
