import type { Verdict } from '../../analysis.ts';
import { type BalancePoint, balanceCurve, differenceToCurve, type GenreName } from '../balance-curve.ts';
import { type BandName, bandContents, bandLimits, bandMean, bandNames, bandTitles, speechContents } from '../bands.ts';
import { genreTitles } from '../genre-titles.ts';
import { type Rule, type Subject, verdict } from '../rule.ts';
import { say } from '../words.ts';

/** Bass and treble against the curve of the genre, and rumble that no genre wants. */
export const balance: Rule = (subject) => [...againstGenre(subject), ...rumble(subject)];

/** So that nobody is told that 4 dB is more than 4. */
const marginDb = 0.5;

function againstGenre({ measured, genre }: Subject): Verdict[] {
  const curve = balanceCurve(genre);
  if (curve === null) return [];
  const compared = differenceToCurve(measured.spectrum.thirdOctaveDb, curve);
  if (compared === null) return [];
  const title = genreTitles[genre];
  const found = bandNames.flatMap((name) => {
    const limits = bandLimits(name);
    const db = bandMean(compared.bands, limits);
    const tolerance = bandTolerance(curve, limits);
    // Speech has no sub-bass to speak of, and what little there is says nothing of the voice.
    if (db === null || Math.abs(db) < tolerance + marginDb || (genre === 'speech' && name === 'sub')) return [];
    return [bandVerdict(name, db, tolerance, genre)];
  });
  if (found.length > 0) return found;
  return [
    verdict(
      'balance-fits',
      'good',
      {},
      say(
        () => `Bass, mids and treble lie within what is usual in ${title.en}.`,
        () => `Graves, médios e agudos estão dentro do comum em ${title['pt-BR']}.`,
      ),
    ),
  ];
}

function bandVerdict(name: BandName, db: number, toleranceDb: number, genre: GenreName): Verdict {
  const contents = (genre === 'speech' ? speechContents : bandContents)[name];
  const title = genreTitles[genre];
  const high = db > 0;
  return verdict(
    `balance-${name}-${high ? 'high' : 'low'}`,
    Math.abs(db) > 2 * toleranceDb ? 'warning' : 'advice',
    { measured: db, target: 0, unit: 'dB' },
    say(
      (n) =>
        `The ${bandTitles[name].en} (${contents.en}) ${bandTitles[name].en.endsWith('mids') ? 'lie' : 'lies'} ${n.db(Math.abs(db))} ${high ? 'above' : 'below'} what is usual in ${title.en}; ±${n.db(toleranceDb)} is unremarkable. If you hear it too, ${high ? 'cut' : 'raise'} there with an equaliser, or change the level of what plays there.`,
      (n) =>
        `A região ${regions[name]} (${contents['pt-BR']}) está ${n.db(Math.abs(db))} ${high ? 'acima' : 'abaixo'} do comum em ${title['pt-BR']}; até ±${n.db(toleranceDb)} é normal. Se você também ouve isso, ${high ? 'corte' : 'realce'} ali com um equalizador ou ajuste o nível do que toca nessa região.`,
    ),
  );
}

const regions: Readonly<Record<BandName, string>> = {
  sub: 'subgrave',
  bass: 'grave',
  'low-mid': 'médio-grave',
  mid: 'média',
  'high-mid': 'médio-aguda',
  treble: 'aguda',
};

function bandTolerance(curve: readonly BalancePoint[], limits: readonly [number, number]): number {
  return (
    bandMean(
      curve.map(({ centerHz, toleranceDb }) => ({ centerHz, db: toleranceDb })),
      limits,
    ) ?? 6
  );
}

/** What lies below 30 Hz carries no note of a bass (E is 41 Hz) and moves loudspeakers in vain. */
function rumble({ measured: { spectrum } }: Subject): Verdict[] {
  const lowest = spectrum.thirdOctaveDb.find(({ centerHz }) => centerHz >= 24 && centerHz <= 26)?.db ?? null;
  const bass = spectrum.thirdOctaveDb.flatMap(({ centerHz, db }) =>
    db !== null && centerHz >= 40 && centerHz <= 125 ? [db] : [],
  );
  if (lowest === null || bass.length === 0) return [];
  const above = lowest - Math.max(...bass);
  if (above < -3 || lowest < -50) return [];
  return [
    verdict(
      'low-rumble',
      'advice',
      { measured: lowest, target: null, unit: 'dBFS' },
      say(
        () =>
          'Below 30 Hz there is as much as in the bass itself: most likely rumble from microphone stands, wind or a synthesiser, which only takes room. A high-pass filter at 25 to 30 Hz removes it.',
        () =>
          'Abaixo de 30 Hz há tanto quanto no próprio grave: provavelmente ronco de pedestal, vento ou sintetizador, que só ocupa espaço. Um filtro passa-altas em 25 a 30 Hz resolve.',
      ),
    ),
  ];
}
