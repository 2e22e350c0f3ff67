import type { Spectrum, StereoBand } from '../analysis.ts';
import { sixBands } from '../spectrum/bands.ts';
import type { Bilingual } from './words.ts';

export type BandName = StereoBand['name'];

export const bandNames: readonly BandName[] = sixBands.map(({ name }) => name);

export const bandTitles: Readonly<Record<BandName, Bilingual>> = {
  sub: { en: 'sub-bass', 'pt-BR': 'subgrave' },
  bass: { en: 'bass', 'pt-BR': 'grave' },
  'low-mid': { en: 'low mids', 'pt-BR': 'médio-grave' },
  mid: { en: 'mids', 'pt-BR': 'médio' },
  'high-mid': { en: 'high mids', 'pt-BR': 'médio-agudo' },
  treble: { en: 'treble', 'pt-BR': 'agudo' },
};

/** What lives there, for people who think in instruments. */
export const bandContents: Readonly<Record<BandName, Bilingual>> = {
  sub: { en: 'the lowest notes of bass and kick', 'pt-BR': 'as notas mais baixas do baixo e do bumbo' },
  bass: { en: 'bass, kick, the body of voices and guitars', 'pt-BR': 'baixo, bumbo, corpo de vozes e violões' },
  'low-mid': { en: 'warmth, or mud', 'pt-BR': 'calor, ou embolação' },
  mid: { en: 'voices, guitars, snare', 'pt-BR': 'vozes, guitarras, caixa' },
  'high-mid': { en: 'presence and attack', 'pt-BR': 'presença e ataque' },
  treble: { en: 'cymbals, breath, air', 'pt-BR': 'pratos, respiração, brilho' },
};

/** The same for who speaks. */
export const speechContents: typeof bandContents = {
  sub: { en: 'thuds and wind', 'pt-BR': 'batidas e vento' },
  bass: {
    en: 'the chest of the voice, and closeness to the microphone',
    'pt-BR': 'o peito da voz e a proximidade do microfone',
  },
  'low-mid': { en: 'warmth, or a boxy room', 'pt-BR': 'calor, ou sala encaixotada' },
  mid: { en: 'vowels', 'pt-BR': 'vogais' },
  'high-mid': { en: 'consonants, by which words are understood', 'pt-BR': 'consoantes, que tornam a fala clara' },
  treble: { en: 'sibilance and breath', 'pt-BR': 'sibilância e respiração' },
};

export function bandLimits(name: BandName): readonly [number, number] {
  const { fromHz, toHz } = sixBands.find((band) => band.name === name) ?? { fromHz: 20, toHz: 20_000 };
  return [fromHz, toHz];
}

/** Level of a band: the powers of its thirds of octaves together; `null` when nothing of them is known. */
export function bandLevelDb(
  thirdOctaveDb: Spectrum['thirdOctaveDb'],
  [fromHz, toHz]: readonly [number, number],
): number | null {
  const levels = thirdOctaveDb.flatMap(({ centerHz, db }) =>
    db !== null && centerHz >= fromHz && centerHz < toHz ? [db] : [],
  );
  if (levels.length === 0) return null;
  return 10 * Math.log10(levels.reduce((power, db) => power + 10 ** (db / 10), 0));
}

/** Mean of differences in a band; `null` when there are none. */
export function bandMean(
  bands: readonly { readonly centerHz: number; readonly db: number | null }[],
  [fromHz, toHz]: readonly [number, number],
): number | null {
  const values = bands.flatMap(({ centerHz, db }) =>
    db !== null && centerHz >= fromHz && centerHz < toHz ? [db] : [],
  );
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;
}
