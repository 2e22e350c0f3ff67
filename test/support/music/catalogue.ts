import { between, randomFrom } from '../random.ts';
import type { PieceDescription, StyleName } from './piece.ts';
import { isTreacherous, progressions, styles } from './styles.ts';

export interface CataloguePiece {
  readonly seed: number;
  readonly description: PieceDescription;
}

/**
 * Pieces for evaluation have seeds that nothing was ever tuned on; whoever derives a number from pieces derives it from
 * those for training.
 */
export type PieceSet = 'evaluation' | 'training';

const firstSeeds: Readonly<Record<PieceSet, number>> = { evaluation: 1_000_000, training: 5_000_000 };

/** A step that visits all remainders evenly, whatever the count. */
const goldenRatio = 0.618_033_988_75;

/**
 * Descriptions that cover the grid of styles, the tempi of each style, 24 keys and detuning: the same for ever. The first
 * few already hold a bit of everything.
 *
 * Tempi follow the styles as musicians count them (a ballad is slow, drum and bass is not), from 60 to 190.
 */
export function pieces(count: number, set: PieceSet = 'evaluation'): CataloguePiece[] {
  const names = Object.keys(styles) as StyleName[];
  return Array.from({ length: count }, (_, i) => {
    const seed = firstSeeds[set] + i;
    const style = names[i % names.length] as StyleName;
    // 5 and 24 have no common divisor, nor have 24 and 11: every style meets every key.
    const key = (i * 5 + (set === 'training' ? 3 : 0)) % 24;
    const place = (Math.floor(i / names.length) * goldenRatio + 0.1 * (i % names.length)) % 1;
    return { seed, description: describe(style, key, place, seed) };
  });
}

/** @param place 0…1 in the style's range of tempi */
function describe(style: StyleName, key: number, place: number, seed: number): PieceDescription {
  // Another stream than the one that renders, so that changing one leaves the other alone.
  const random = randomFrom(seed ^ 0x5bd1e995);
  const { tempoBpm, swing } = styles[style];
  const mode = key < 12 ? 'major' : 'minor';
  const known = progressions[mode];
  let progression = known[Math.floor(random() * known.length)] as string;
  if (isTreacherous(progression) && random() < 0.5) progression = 'I V vi IV';
  const tempo = tempoBpm[0] + place * (tempoBpm[1] - tempoBpm[0]);
  const isSequenced = style === 'four-on-the-floor' || style === 'breakbeat' || random() < 0.3;
  return {
    style,
    // Sequencers like whole numbers, drummers do not count.
    tempoBpm: isSequenced ? Math.round(tempo) : Math.round(tempo * 100) / 100,
    tonic: key % 12,
    mode,
    progression,
    beatsPerChord: tempo > 125 && random() < 0.3 ? 8 : random() < 0.2 ? 2 : 4,
    swing: swing === undefined ? 0.5 : between(random, swing.range[0], swing.range[1]),
    detuningCents: random() < 0.4 ? 0 : Math.round(between(random, -40, 40)),
    durationSeconds: Math.round(between(random, 22, 36)),
    introBars: random() < 0.3 ? 1 + Math.floor(random() * 3) : 0,
    humanMs: isSequenced ? between(random, 0, 3) : between(random, 4, 11),
    drift: isSequenced ? 0 : between(random, 0, 0.006),
    reverb: between(random, 0.05, 0.8),
    noiseDb: between(random, -70, -38),
  };
}
