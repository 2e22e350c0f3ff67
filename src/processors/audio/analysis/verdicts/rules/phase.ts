import type { Place } from '../../analysis.ts';
import { type Rule, verdict, worst } from '../rule.ts';
import { say } from '../words.ts';

/** Two unrelated channels lose 3 dB in mono; what loses more cancels. */
const lossLimitsDb = { warning: -4, problem: -8 } as const;
const invertedCorrelation = -0.5;

/** What remains when both channels are played by one loudspeaker. */
export const phase: Rule = ({ measured: { stereo, durationSeconds } }) => {
  if (stereo === null || stereo.widthPercent === null || stereo.widthPercent < 0.5) return [];
  const { correlation, monoCompatibilityDb, inversions } = stereo;
  if (correlation !== null && correlation <= invertedCorrelation) {
    return [
      verdict(
        'phase-inverted',
        'problem',
        { measured: correlation, target: 1, unit: 'correlation', places: worst(inversions, length) },
        say(
          (n) =>
            `The channels move against each other (correlation ${n.number(correlation)}; +1 is the same, −1 the exact opposite): one of them is inverted, and in mono nearly all disappears. Flip the polarity (Ø) of one channel.`,
          (n) =>
            `Os canais andam um contra o outro (correlação ${n.number(correlation)}; +1 é igual, −1 é o oposto exato): um deles está invertido, e em mono quase tudo some. Inverta a polaridade (Ø) de um dos canais.`,
        ),
      ),
    ];
  }
  const seconds = inversions.reduce((sum, { startSeconds, endSeconds }) => sum + endSeconds - startSeconds, 0);
  const passages =
    inversions.length === 0
      ? []
      : [
          verdict(
            'phase-inversions',
            seconds > 0.1 * durationSeconds ? 'warning' : 'advice',
            {
              measured: seconds,
              target: 0,
              unit: 's',
              places: worst(inversions, length),
            },
            say(
              (n) =>
                `For ${n.seconds(seconds)} the channels work against each other, and on a phone or a mono loudspeaker parts of it vanish. Listen to these places in mono; stereo wideners, doublers and microphones at a distance are the usual causes.`,
              (n) =>
                `Durante ${n.seconds(seconds)} os canais trabalham um contra o outro, e num celular ou caixa mono partes somem. Ouça esses trechos em mono; alargadores de estéreo, dobradores e microfones distantes são as causas comuns.`,
            ),
          ),
        ];
  if (monoCompatibilityDb !== null && monoCompatibilityDb > lossLimitsDb.warning) {
    if (passages.length > 0) return passages;
    return [
      verdict(
        'mono-safe',
        'good',
        { measured: monoCompatibilityDb, target: lossLimitsDb.warning, unit: 'dB' },
        say(
          (n) =>
            `In mono, as phones and many shops play, ${monoCompatibilityDb > -0.05 ? 'nothing gets lost' : `it gets only ${n.db(-monoCompatibilityDb)} quieter`}.`,
          (n) =>
            `Em mono, como tocam celulares e muitas lojas, ${monoCompatibilityDb > -0.05 ? 'nada se perde' : `ela fica só ${n.db(-monoCompatibilityDb)} mais baixa`}.`,
        ),
      ),
    ];
  }
  return [
    ...passages,
    verdict(
      'mono-loss',
      monoCompatibilityDb === null || monoCompatibilityDb <= lossLimitsDb.problem ? 'problem' : 'warning',
      { measured: monoCompatibilityDb, target: lossLimitsDb.warning, unit: 'dB' },
      say(
        (n) =>
          `In mono, as phones and many shops play, ${monoCompatibilityDb === null ? 'nothing remains of it' : `it loses ${n.db(-monoCompatibilityDb)}`}: left and right cancel each other. Listen in mono and mute tracks one by one until it comes back; there, flip the polarity or narrow the stereo effect.`,
        (n) =>
          `Em mono, como tocam celulares e muitas lojas, ${monoCompatibilityDb === null ? 'não sobra nada' : `ela perde ${n.db(-monoCompatibilityDb)}`}: esquerda e direita se cancelam. Ouça em mono e vá mutando pista por pista até o som voltar; ali, inverta a polaridade ou estreite o efeito estéreo.`,
      ),
    ),
  ];
};

function length({ startSeconds, endSeconds }: Place): number {
  return endSeconds - startSeconds;
}
