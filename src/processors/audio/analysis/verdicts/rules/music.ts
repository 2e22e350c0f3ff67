import type { Verdict } from '../../analysis.ts';
import { type Rule, type Subject, verdict } from '../rule.ts';
import { say } from '../words.ts';

/** Below it, the other reading is right about as often. */
const certain = 0.5;
/** A quarter of a quarter-tone and more is heard beside an instrument in standard pitch. */
const audibleCents = 15;

/** What was found of tempo, key and pitch, where it is not to be relied on or is unusual. Nothing of it is a fault. */
export const music: Rule = (subject) =>
  subject.targetName === 'podcast' || subject.genre === 'speech'
    ? []
    : [...tempo(subject), ...key(subject), ...pitch(subject)];

function tempo({ measured: { rhythm } }: Subject): Verdict[] {
  const { tempoBpm, confidence, candidates } = rhythm;
  const other = candidates[0]?.tempoBpm;
  if (tempoBpm === null || confidence >= certain || other === undefined) return [];
  return [
    verdict(
      'tempo-uncertain',
      'advice',
      { measured: tempoBpm, target: null, unit: 'BPM' },
      say(
        (n) =>
          `The tempo may be ${n.number(tempoBpm)} or ${n.number(other)} BPM: the beat can be counted in both ways, or is not steady. Tap it yourself before you write it down.`,
        (n) =>
          `O andamento pode ser ${n.number(tempoBpm)} ou ${n.number(other)} BPM: dá para contar dos dois jeitos, ou o pulso não é firme. Confira batendo você mesmo antes de anotar.`,
      ),
    ),
  ];
}

function key({ measured: { tonality } }: Subject): Verdict[] {
  const { confidence, runnerUp } = tonality;
  if (tonality.key === null || confidence >= certain || runnerUp === null) return [];
  const [first, second] = [tonality.key, runnerUp.key];
  return [
    verdict(
      'key-uncertain',
      'advice',
      { measured: confidence, target: certain, unit: 'confidence' },
      say(
        () =>
          `The key may be ${first} or ${second}: both fit the notes. Check it on an instrument before you mix with other tracks.`,
        () =>
          `O tom pode ser ${keyName(first)} ou ${keyName(second)}: os dois combinam com as notas. Confira num instrumento antes de mixar com outras faixas.`,
      ),
    ),
  ];
}

function pitch({ measured: { tonality } }: Subject): Verdict[] {
  const { detuningCents } = tonality;
  if (tonality.key === null || detuningCents === null || Math.abs(detuningCents) < audibleCents) return [];
  const sharp = detuningCents > 0;
  return [
    verdict(
      'detuned',
      'advice',
      { measured: detuningCents, target: 0, unit: 'cents' },
      say(
        (n) =>
          `The music is tuned ${n.number(Math.abs(detuningCents))} cents ${sharp ? 'above' : 'below'} standard pitch (A = 440 Hz; 100 cents are a semitone). Fine by itself; instruments and samples added later must be tuned to it.`,
        (n) =>
          `A música está afinada ${n.number(Math.abs(detuningCents))} cents ${sharp ? 'acima' : 'abaixo'} do padrão (Lá = 440 Hz; 100 cents são um semitom). Por si só, tudo bem; instrumentos e samples somados depois precisam seguir essa afinação.`,
      ),
    ),
  ];
}

const notes: Readonly<Record<string, string>> = { C: 'Dó', D: 'Ré', E: 'Mi', F: 'Fá', G: 'Sol', A: 'Lá', B: 'Si' };

/** `F# minor` as Brazilians call it: `Fá# menor`. */
export function keyName(english: string): string {
  const [, note = '', accidental = '', mode = ''] = /^([A-G])([#b♯♭]?) (major|minor)$/.exec(english) ?? [];
  return note === '' ? english : `${notes[note]}${accidental} ${mode === 'major' ? 'maior' : 'menor'}`;
}
