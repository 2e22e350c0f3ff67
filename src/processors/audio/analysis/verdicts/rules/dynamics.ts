import type { Verdict } from '../../analysis.ts';
import { type Rule, type Subject, verdict } from '../rule.ts';
import { say } from '../words.ts';

/**
 * Peak to loudness ratio: rules of thumb of mastering engineers, not a standard. With peaks at −1 dBTP, 13 dB is what
 * −14 LUFS leaves, 8 dB what −9 LUFS leaves.
 */
const plrLimitsDb = { crushed: 7, dense: 9, club: { crushed: 5.5, dense: 7 } } as const;
/** EBU Tech 3342 measures it; what is too much for speech in a car or kitchen is a custom of broadcasters. */
const rangeLimitsLu: Readonly<Record<string, number>> = { podcast: 10, 'ebu-r128': 20 };

/** How much is left between loudness and peaks, and between quiet and loud passages. */
export const dynamics: Rule = (subject) => [...density(subject), ...range(subject)];

function density({ measured: { loudness }, targetName, genre }: Subject): Verdict[] {
  const { plrDb } = loudness;
  if (plrDb === null) return [];
  const limits = targetName === 'club' || genre === 'electronic' ? plrLimitsDb.club : plrLimitsDb;
  const figures = { measured: plrDb, target: limits.dense, unit: 'dB' };
  if (plrDb >= limits.dense) {
    return [
      verdict(
        'dynamics-open',
        'good',
        figures,
        say(
          (n) => `Drums and consonants can breathe: peaks stand ${n.db(plrDb)} above the loudness (PLR).`,
          (n) => `Bateria e consoantes respiram: os picos ficam ${n.db(plrDb)} acima do loudness (PLR).`,
        ),
      ),
    ];
  }
  const crushed = plrDb < limits.crushed;
  return [
    verdict(
      crushed ? 'dynamics-crushed' : 'dynamics-dense',
      crushed ? 'warning' : 'advice',
      figures,
      say(
        (n) =>
          crushed
            ? `Compression and limiting have taken most of the punch: peaks stand only ${n.db(plrDb)} above the loudness (PLR); below ${n.db(limits.crushed)}, drums sound flat and listening tires. Take 2 to 3 dB off the limiter.`
            : `Quite compressed: peaks stand ${n.db(plrDb)} above the loudness (PLR), from ${n.db(limits.dense)} on it sounds open. If that is the style, leave it; else ease the limiter.`,
        (n) =>
          crushed
            ? `Compressão e limiter levaram quase todo o impacto: os picos ficam só ${n.db(plrDb)} acima do loudness (PLR); abaixo de ${n.db(limits.crushed)} a bateria soa chapada e cansa. Alivie o limiter em 2 a 3 dB.`
            : `Bastante comprimida: os picos ficam ${n.db(plrDb)} acima do loudness (PLR); a partir de ${n.db(limits.dense)} soa aberta. Se é o estilo, deixe assim; se não, alivie o limiter.`,
      ),
    ),
  ];
}

function range({ measured: { loudness, durationSeconds }, targetName }: Subject): Verdict[] {
  const { rangeLu, rangeStable } = loudness;
  if (rangeLu === null) return [];
  if (!rangeStable) {
    return [
      verdict(
        'range-unstable',
        'advice',
        { measured: rangeLu, target: null, unit: 'LU' },
        say(
          (n) =>
            `At ${n.seconds(durationSeconds)} it is too short for a loudness range (the difference between quiet and loud passages) one can rely on: that takes a minute.`,
          (n) =>
            `Com ${n.seconds(durationSeconds)}, é curta demais para uma variação de loudness (diferença entre trechos baixos e altos) confiável: para isso é preciso um minuto.`,
        ),
      ),
    ];
  }
  const limit = rangeLimitsLu[targetName];
  if (limit === undefined || rangeLu <= limit) return [];
  return [
    verdict(
      'range-wide',
      'advice',
      { measured: rangeLu, target: limit, unit: 'LU' },
      say(
        (n) =>
          `Quiet and loud passages lie ${n.number(rangeLu)} LU apart (1 LU is 1 dB); above ${n.number(limit)}, people in a car or kitchen keep reaching for the volume. Even out voices by hand or with a compressor.`,
        (n) =>
          `Trechos baixos e altos estão a ${n.number(rangeLu)} LU de distância (1 LU = 1 dB); acima de ${n.number(limit)}, quem ouve no carro ou na cozinha vive mexendo no volume. Nivele as vozes à mão ou com um compressor.`,
      ),
    ),
  ];
}
