import type { Silence, Verdict } from '../../analysis.ts';
import { type Rule, verdict, worst } from '../rule.ts';
import { say } from '../words.ts';

/** From here on it is noticed; half a second of air at both ends is usual. */
const limitsSeconds = { start: 1, middle: 2, end: 5 } as const;

const duration = ({ startSeconds, endSeconds }: Silence) => endSeconds - startSeconds;

/** Silence at the ends, which is cut, and within, which may be an accident. */
export const silence: Rule = ({ measured: { silence: stretches } }) =>
  (['start', 'middle', 'end'] as const).flatMap((where) => {
    const long = stretches.filter((stretch) => stretch.where === where && duration(stretch) >= limitsSeconds[where]);
    if (long.length === 0) return [];
    const seconds = long.reduce((sum, stretch) => sum + duration(stretch), 0);
    return [silenceVerdict(where, seconds, long)];
  });

function silenceVerdict(where: 'start' | 'middle' | 'end', seconds: number, stretches: readonly Silence[]): Verdict {
  const figures = { measured: seconds, target: limitsSeconds[where], unit: 's', places: worst(stretches, duration) };
  switch (where) {
    case 'start':
      return verdict(
        'silence-start',
        'advice',
        figures,
        say(
          (n) =>
            `It begins with ${n.seconds(seconds)} of silence, in which people skip on. Cut it to less than half a second.`,
          (n) =>
            `Começa com ${n.seconds(seconds)} de silêncio, e nisso o ouvinte pula. Corte para menos de meio segundo.`,
        ),
      );
    case 'middle':
      return verdict(
        'silence-middle',
        'advice',
        figures,
        say(
          (n) =>
            `${stretches.length === 1 ? `There is a gap of ${n.seconds(seconds)}` : `There are ${n.count(stretches.length)} gaps, ${n.seconds(seconds)} together,`} without any sound. If that is not meant, a clip was muted or a file failed to load before the export.`,
          (n) =>
            `Há ${stretches.length === 1 ? `um vazio de ${n.seconds(seconds)}` : `${n.count(stretches.length)} vazios, ${n.seconds(seconds)} ao todo,`} sem som algum. Se não é intencional, um clipe ficou mudo ou um arquivo não carregou antes da exportação.`,
        ),
      );
    case 'end':
      return verdict(
        'silence-end',
        'advice',
        figures,
        say(
          (n) =>
            `It ends with ${n.seconds(seconds)} of silence: in a playlist that is a hole. Cut it after the last tail has died away.`,
          (n) =>
            `Termina com ${n.seconds(seconds)} de silêncio: numa playlist, isso é um buraco. Corte depois que a última cauda sumir.`,
        ),
      );
  }
}
