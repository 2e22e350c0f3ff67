import { between, type Random } from '../random.ts';
import { parseChord, scales, voiceChord } from './harmony.ts';
import type { PieceDescription } from './piece.ts';
import { type DrumSound, type Style, styles } from './styles.ts';

export interface Hit {
  readonly sound: DrumSound;
  readonly seconds: number;
  /** 0 … 1. */
  readonly velocity: number;
}

export interface Note {
  readonly seconds: number;
  readonly durationSeconds: number;
  readonly midi: number;
  readonly velocity: number;
}

export interface Score {
  readonly beatsSeconds: readonly number[];
  readonly drums: readonly Hit[];
  readonly bass: readonly Note[];
  readonly chords: readonly Note[];
  readonly vocals: readonly Note[];
}

const stepsPerBar = 16;
const beatsPerBar = 4;
const loudness: Readonly<Record<string, number>> = { x: 1, o: 0.6, g: 0.22 };
const intervals: Readonly<Record<string, number>> = { '1': 0, '3': 4, '5': 7, '8': 12 };

/** Rhythms of sung bars, in sixteenth notes; the last ends a phrase. */
const sungBars = ['x-x-x---x-x-x---', 'x---x-x--x-xx---', '..x-x-x-x--x--x-', 'x-----x-x-x-----', '....x-x-x---x-x-'];
const sungEnds = ['x-x-x-----------', '..x-x---x-------', 'x-----------....'];

/** Writes out who plays what when. */
export function composeScore(description: PieceDescription, random: Random): Score {
  const style = styles[description.style];
  const timeOf = createGrid(description, style, random);
  const bars = Math.ceil((description.durationSeconds * description.tempoBpm) / 60 / beatsPerBar) + 1;
  const player = (laidBackMs: number) => (beat: number) =>
    timeOf(beat) + (laidBackMs + description.humanMs * gaussian(random)) / 1000;
  const seconds = { bars, timeOf };
  return {
    beatsSeconds: Array.from({ length: bars * beatsPerBar }, (_, beat) => timeOf(beat)).filter(
      (beat) => beat < description.durationSeconds,
    ),
    drums: drum(description, style, bars, player(0), random),
    bass: playBass(description, style, seconds, player(between(random, 0, 8)), random),
    chords: playChords(description, style, seconds, player(between(random, -3, 6)), random),
    vocals: sing(description, seconds, player(between(random, -5, 20)), random),
  };
}

interface Song {
  readonly bars: number;
  timeOf(beat: number): number;
}

/** From beats to seconds: where the piece starts, how its tempo wanders, and which notes are swung. */
function createGrid(description: PieceDescription, style: Style, random: Random): (beat: number) => number {
  const start = between(random, 0.02, 1.2);
  const periodBeats = between(random, 24, 60);
  const phase = between(random, 0, 2 * Math.PI);
  const beatSeconds = 60 / description.tempoBpm;
  const wander = (description.drift * periodBeats * beatSeconds) / (2 * Math.PI);
  const pair = style.swing?.pairBeats ?? 1;
  return (beat) => {
    const place = (beat / pair) % 1;
    const swung = place < 0.5 ? 2 * place * description.swing : 1 - 2 * (1 - place) * (1 - description.swing);
    const moved = beat + (swung - place) * pair;
    return start + moved * beatSeconds + wander * Math.sin((2 * Math.PI * moved) / periodBeats + phase);
  };
}

function drum(
  description: PieceDescription,
  style: Style,
  bars: number,
  timeOf: (beat: number) => number,
  random: Random,
): Hit[] {
  const pattern = choose(style.drums, random);
  const phraseBars = random() < 0.5 ? 4 : 8;
  const pause = random() < 0.25 ? Math.floor(between(random, 3, bars - 2)) : -2;
  const hits: Hit[] = [];
  for (let bar = description.introBars; bar < bars; bar += 1) {
    // Two bars without drums, as before a chorus.
    if (bar === pause || bar === pause + 1) continue;
    const isFilled = bar % phraseBars === phraseBars - 1 && random() < 0.7;
    for (const [sound, steps] of Object.entries(pattern) as [DrumSound, string][]) {
      for (let step = 0; step < stepsPerBar; step += 1) {
        const mark = steps[step] as string;
        if (mark === '.' || (mark === '?' && random() < 0.5)) continue;
        if (isFilled && step >= 12 && sound !== 'kick') continue;
        const velocity = (loudness[mark] ?? 0.8) * between(random, 0.75, 1);
        hits.push({ sound, seconds: timeOf(bar * beatsPerBar + step / 4), velocity });
      }
    }
    if (!isFilled) continue;
    const fill = choose(['x.x.', 'xxxx', 'x.xx', '.xxx'], random);
    for (let step = 0; step < 4; step += 1) {
      if (fill[step] !== 'x') continue;
      const sound = random() < 0.5 ? 'tom' : 'rim';
      hits.push({
        sound: pattern.snare === undefined ? sound : 'snare',
        seconds: timeOf(bar * beatsPerBar + 3 + step / 4),
        velocity: between(random, 0.6, 1),
      });
    }
  }
  return hits;
}

function chordsOf(description: PieceDescription) {
  const progression = description.progression.split(' ').map((numeral) => parseChord(numeral, description.mode));
  return (beat: number) => {
    const chord = progression[Math.floor(beat / description.beatsPerChord) % progression.length];
    if (chord === undefined) throw new Error('no chords');
    return chord;
  };
}

function playBass(
  description: PieceDescription,
  style: Style,
  { bars, timeOf }: Song,
  play: (beat: number) => number,
  random: Random,
): Note[] {
  const chordAt = chordsOf(description);
  const figure = choose(style.bass, random);
  const lowest = 28 + Math.floor(between(random, 0, 6));
  const entersAt = description.introBars > 0 && random() < 0.5 ? description.introBars : 0;
  const notes: Note[] = [];
  for (let bar = entersAt; bar < bars; bar += 1) {
    for (const { step, length, mark } of marks(figure)) {
      const beat = bar * beatsPerBar + step / 4;
      const chord = chordAt(beat);
      const third = chord.tones[1] as number;
      const fifth = chord.tones[2] as number;
      const above = mark === '3' ? third : mark === '5' ? fifth : (intervals[mark] as number);
      const root = lowest + ((description.tonic + chord.root - (lowest % 12) + 24) % 12);
      const durationSeconds = (timeOf(beat + length / 4) - timeOf(beat)) * between(random, 0.7, 0.98);
      const velocity = between(random, 0.7, 1);
      notes.push({ seconds: play(beat), durationSeconds, midi: root + above, velocity });
    }
  }
  return notes;
}

function playChords(
  description: PieceDescription,
  style: Style,
  { bars, timeOf }: Song,
  play: (beat: number) => number,
  random: Random,
): Note[] {
  const chordAt = chordsOf(description);
  const figure = choose(style.chords, random);
  const centre = 57 + Math.floor(between(random, 0, 9));
  // A hand over the strings takes its time.
  const strumSeconds = random() < 0.4 ? between(random, 0.004, 0.014) : 0;
  const notes: Note[] = [];
  let voicing: number[] = [];
  for (let bar = 0; bar < bars; bar += 1) {
    for (const { step, length, mark } of marks(figure)) {
      const first = bar * beatsPerBar + step / 4;
      // A chord that is held over a change is struck anew there.
      for (let beat = first; beat < first + length / 4; ) {
        const next = Math.min(
          first + length / 4,
          (Math.floor(beat / description.beatsPerChord) + 1) * description.beatsPerChord,
        );
        voicing = voiceChord(chordAt(beat), description.tonic, centre, voicing);
        const durationSeconds = (timeOf(next) - timeOf(beat)) * (next - beat > 0.5 ? 0.96 : 0.7);
        const seconds = play(beat);
        const velocity = between(random, 0.65, 1);
        const tones = mark === 'x' ? voicing : [voicing[Number(mark) % voicing.length] as number];
        tones.forEach((midi, i) => {
          notes.push({ seconds: seconds + i * strumSeconds, durationSeconds, midi, velocity });
        });
        beat = next;
      }
    }
  }
  return notes;
}

/** Phrases of four bars that walk along the scale, meet the chord on strong beats, and breathe. */
function sing(
  description: PieceDescription,
  { bars, timeOf }: Song,
  play: (beat: number) => number,
  random: Random,
): Note[] {
  const chordAt = chordsOf(description);
  const scale: readonly number[] = scales[description.mode];
  const centre = 62 + Math.floor(between(random, 0, 8));
  const notes: Note[] = [];
  let midi = centre;
  for (let bar = description.introBars; bar < bars; bar += 1) {
    const isEnd = bar % 4 === 3;
    if (bar % 4 !== 0 && random() < 0.2) continue;
    if (bar % 8 >= 6 && random() < 0.5) continue;
    for (const { step, length } of marks(choose(isEnd ? sungEnds : sungBars, random))) {
      const beat = bar * beatsPerBar + step / 4;
      const chord = chordAt(beat);
      const wanted = midi + Math.round(2.5 * gaussian(random)) + Math.round((centre - midi) / 6);
      const isLast = isEnd && step + length >= 12;
      const home = isLast && chord.tones.some((tone) => (chord.root + tone) % 12 === 0);
      const allowed = home
        ? [0]
        : step % 4 === 0 || isLast
          ? chord.tones.map((tone) => (chord.root + tone) % 12)
          : scale;
      midi = nearest(wanted, (note) => allowed.includes((((note - description.tonic) % 12) + 12) % 12));
      const durationSeconds = (timeOf(beat + length / 4) - timeOf(beat)) * between(random, 0.75, 0.97);
      notes.push({ seconds: play(beat), durationSeconds, midi, velocity: between(random, 0.7, 1) });
    }
  }
  return notes;
}

function nearest(wanted: number, isAllowed: (note: number) => boolean): number {
  for (let away = 0; away < 12; away += 1) {
    if (isAllowed(wanted + away)) return wanted + away;
    if (isAllowed(wanted - away)) return wanted - away;
  }
  throw new Error('no note is allowed');
}

/** The notes of a figure: where they start and how many steps they last. */
function marks(figure: string): { step: number; length: number; mark: string }[] {
  const found: { step: number; length: number; mark: string }[] = [];
  for (let step = 0; step < figure.length; step += 1) {
    const mark = figure[step] as string;
    if (mark === '.' || mark === '-') continue;
    let length = 1;
    while (figure[step + length] === '-') length += 1;
    found.push({ step, length, mark });
  }
  return found;
}

function choose<T>(list: readonly T[], random: Random): T {
  return list[Math.floor(random() * list.length)] as T;
}

export function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
