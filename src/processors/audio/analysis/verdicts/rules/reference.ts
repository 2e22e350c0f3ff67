import type { Comparison, Verdict } from '../../analysis.ts';
import { type BandName, bandTitles } from '../bands.ts';
import { type Rule, verdict } from '../rule.ts';
import { say } from '../words.ts';

/** Rules of thumb: below these, two good mixes of one style differ as well. */
const limits = { loudnessDb: 1, plrDb: 2, widthPercent: 10, bandDb: 3 } as const;

/**
 * This recording against the one it was held against: the bands first, as they are what one mixes. Never more than
 * advice: to differ from another recording is no fault.
 */
export const reference: Rule = ({ comparison }) => {
  if (comparison === undefined) return [];
  const found = [...bands(comparison), ...loudness(comparison), ...density(comparison), ...width(comparison)];
  if (found.length > 0) return found;
  return [
    verdict(
      'reference-match',
      'good',
      {},
      say(
        () => 'Loudness, balance, dynamics and width are close to the reference.',
        () => 'Loudness, equilíbrio, dinâmica e abertura estão perto da referência.',
      ),
    ),
  ];
};

function bands({ bands: compared }: Comparison): Verdict[] {
  return compared.flatMap(({ name, levelDb }) =>
    levelDb === null || Math.abs(levelDb) < limits.bandDb ? [] : [bandVerdict(name, levelDb)],
  );
}

function bandVerdict(name: BandName, levelDb: number): Verdict {
  const high = levelDb > 0;
  const { en, 'pt-BR': ptBr } = bandTitles[name];
  return verdict(
    `reference-${name}-${high ? 'high' : 'low'}`,
    'advice',
    { measured: levelDb, target: 0, unit: 'dB' },
    say(
      (n) =>
        `At equal loudness, this has ${n.db(Math.abs(levelDb))} ${high ? 'more' : 'less'} ${en} than the reference. To come closer, ${high ? 'take some away' : 'add some'} there, half of it first.`,
      (n) =>
        `Com o mesmo loudness, aqui há ${n.db(Math.abs(levelDb))} ${high ? 'a mais' : 'a menos'} de ${ptBr} que na referência. Para chegar mais perto, ${high ? 'tire' : 'acrescente'} um pouco ali, primeiro a metade.`,
    ),
  );
}

function loudness({ loudnessDb }: Comparison): Verdict[] {
  if (loudnessDb === null || Math.abs(loudnessDb) < limits.loudnessDb) return [];
  const louder = loudnessDb > 0;
  return [
    verdict(
      louder ? 'reference-louder' : 'reference-quieter',
      'advice',
      { measured: loudnessDb, target: 0, unit: 'LU' },
      say(
        (n) =>
          `It is ${n.db(Math.abs(loudnessDb))} ${louder ? 'louder' : 'quieter'} than the reference. Match the volume when you compare by ear: the louder one always seems better.`,
        (n) =>
          `Está ${n.db(Math.abs(loudnessDb))} mais ${louder ? 'alta' : 'baixa'} que a referência. Iguale o volume ao comparar de ouvido: a mais alta sempre parece melhor.`,
      ),
    ),
  ];
}

function density({ plrDb }: Comparison): Verdict[] {
  if (plrDb === null || Math.abs(plrDb) < limits.plrDb) return [];
  const denser = plrDb < 0;
  return [
    verdict(
      denser ? 'reference-denser' : 'reference-more-dynamic',
      'advice',
      { measured: plrDb, target: 0, unit: 'dB' },
      say(
        (n) =>
          denser
            ? `It is more compressed than the reference: its peaks stand ${n.db(-plrDb)} less above the loudness. Ease compressors and limiter to get its punch.`
            : `It is less compressed than the reference: its peaks stand ${n.db(plrDb)} further above the loudness. If it sounds uneven beside it, compress a little more.`,
        (n) =>
          denser
            ? `Está mais comprimida que a referência: os picos ficam ${n.db(-plrDb)} mais perto do loudness. Alivie compressores e limiter para ter o mesmo impacto.`
            : `Está menos comprimida que a referência: os picos ficam ${n.db(plrDb)} mais longe do loudness. Se soar irregular ao lado dela, comprima um pouco mais.`,
      ),
    ),
  ];
}

function width({ widthPercent }: Comparison): Verdict[] {
  if (widthPercent === null || Math.abs(widthPercent) < limits.widthPercent) return [];
  const wider = widthPercent > 0;
  return [
    verdict(
      wider ? 'reference-wider' : 'reference-narrower',
      'advice',
      { measured: widthPercent, target: 0, unit: 'points' },
      say(
        (n) =>
          `It is ${wider ? 'wider' : 'narrower'} than the reference by ${n.number(Math.abs(widthPercent))} points of side. ${wider ? 'Check in mono that nothing important disappears.' : 'Pan doubled parts further out, or give reverbs more width.'}`,
        (n) =>
          `Está mais ${wider ? 'aberta' : 'estreita'} que a referência em ${n.number(Math.abs(widthPercent))} pontos de lateral. ${wider ? 'Confira em mono se nada importante some.' : 'Abra mais as dobras no panorama ou dê mais abertura aos reverbs.'}`,
      ),
    ),
  ];
}
