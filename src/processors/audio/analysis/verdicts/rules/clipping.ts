import { type Rule, verdict, worst } from '../rule.ts';
import { say } from '../words.ts';

/** Rules of thumb: a flat top of a millisecond is heard as a crackle by itself, shorter ones when there are many. */
const audibleRunSeconds = 0.001;
const manyPerMinute = 500;
const somePerMinute = 20;
/** A converter or plug-in that overflows does so at full scale; flat tops below it were turned down afterwards. */
const turnedDownDbfs = -0.5;

/** Runs of equal samples at the top of the wave. */
export const clipping: Rule = ({ measured: { dynamics, loudness, durationSeconds, sampleRateHz } }) => {
  const { clippedSamples, clips } = dynamics;
  const figures = { measured: clippedSamples, target: 0, unit: 'samples' };
  if (clippedSamples === 0) {
    return [
      verdict(
        'clipping-none',
        'good',
        figures,
        say(
          () => 'Nothing is clipped: no peak has been cut flat.',
          () => 'Nada clipou: nenhum pico foi cortado.',
        ),
      ),
    ];
  }
  const perMinute = (clippedSamples * 60) / Math.max(durationSeconds, 1);
  const longestSeconds = Math.max(0, ...clips.map(({ samples }) => samples)) / sampleRateHz;
  const severity =
    perMinute >= manyPerMinute || longestSeconds >= audibleRunSeconds
      ? 'problem'
      : perMinute >= somePerMinute
        ? 'warning'
        : 'advice';
  const topDbfs = loudness.samplePeakDbfs ?? 0;
  const earlier = topDbfs < turnedDownDbfs;
  return [
    verdict(
      'clipping',
      severity,
      { ...figures, places: worst(clips, ({ samples }) => samples) },
      say(
        (n) =>
          `${n.count(clippedSamples)} samples are clipped: the tops of the wave are cut flat, which is heard as ${severity === 'advice' ? 'next to nothing here, but adds up with MP3 and AAC' : 'crackle or harshness'}. ${earlier ? `They are flat at ${n.dbfs(topDbfs)}, so it happened before the volume was turned down: look for an overloaded channel or plug-in in the mix.` : 'Lower what goes into the limiter or the converter, and export again; a clipped file cannot be mended by turning it down.'}`,
        (n) =>
          `${n.count(clippedSamples)} amostras clipadas: o topo da onda foi cortado, o que se ouve como ${severity === 'advice' ? 'quase nada aqui, mas se soma no MP3 e no AAC' : 'estalos ou aspereza'}. ${earlier ? `O corte está em ${n.dbfs(topDbfs)}, portanto aconteceu antes de o volume ser abaixado: procure um canal ou plug-in estourado na mixagem.` : 'Reduza o que entra no limiter ou no conversor e exporte de novo; abaixar o volume não conserta um arquivo clipado.'}`,
      ),
    ),
  ];
};
