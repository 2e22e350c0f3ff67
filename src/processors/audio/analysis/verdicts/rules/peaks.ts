import { type Rule, verdict, worst } from '../rule.ts';
import { ceilingDbtp } from '../targets.ts';
import { say } from '../words.ts';

/** Meters of different makers agree to a tenth at best. */
const toleranceDb = 0.1;

/** True peak against full scale and against the ceiling of the target. */
export const peaks: Rule = ({ measured: { loudness }, target }) => {
  const { truePeakDbtp, integratedLufs } = loudness;
  if (truePeakDbtp === null) return [];
  const ceiling = ceilingDbtp(target, integratedLufs);
  const figures = { measured: truePeakDbtp, target: ceiling, unit: 'dBTP' };
  if (truePeakDbtp <= ceiling + toleranceDb) {
    return [
      verdict(
        'true-peak-safe',
        'good',
        figures,
        say(
          (n) =>
            `The highest peak is ${n.dbtp(truePeakDbtp)} (true peak: the wave between the samples counts too), not above the ${n.dbtp(ceiling)} advised for ${target.place.en}: MP3 and AAC have room.`,
          (n) =>
            `O pico mais alto é ${n.dbtp(truePeakDbtp)} (true peak: conta também a onda entre as amostras), sem passar dos ${n.dbtp(ceiling)} recomendados para ${target.place['pt-BR']}: MP3 e AAC têm espaço.`,
        ),
      ),
    ];
  }
  const excess = truePeakDbtp - ceiling;
  const places = worst(loudness.peaks, ({ dbtp }) => dbtp);
  if (truePeakDbtp > toleranceDb) {
    return [
      verdict(
        'true-peak-above-full-scale',
        'problem',
        { ...figures, places },
        say(
          (n) =>
            `Peaks reach ${n.dbtp(truePeakDbtp)}: between the samples the wave goes beyond what players can reproduce (true peak), and converters and MP3 or AAC will distort there. Set the limiter to a true-peak ceiling of ${n.dbtp(ceiling)}, or turn the master down by ${n.db(excess)}.`,
          (n) =>
            `Os picos chegam a ${n.dbtp(truePeakDbtp)}: entre as amostras, a onda passa do que os aparelhos conseguem reproduzir (true peak), e conversores, MP3 ou AAC vão distorcer ali. Ajuste o limiter para um teto de true peak de ${n.dbtp(ceiling)} ou abaixe a master em ${n.db(excess)}.`,
        ),
      ),
    ];
  }
  const severity = target.kind === 'delivery' ? 'problem' : truePeakDbtp > -1 + toleranceDb ? 'warning' : 'advice';
  return [
    verdict(
      'true-peak-above-ceiling',
      severity,
      { ...figures, places },
      say(
        (n) =>
          `The highest peak is ${n.dbtp(truePeakDbtp)} (true peak: the wave between the samples counts too); for ${target.place.en}, ${n.dbtp(ceiling)} is advised${ceiling < target.ceilingDbtp ? ' for a master this loud' : ''}, so that MP3 and AAC do not distort. Lower the limiter's ceiling by ${n.db(excess)}.`,
        (n) =>
          `O pico mais alto é ${n.dbtp(truePeakDbtp)} (true peak: conta também a onda entre as amostras); para ${target.place['pt-BR']} recomenda-se ${n.dbtp(ceiling)}${ceiling < target.ceilingDbtp ? ' numa master tão alta' : ''}, para que MP3 e AAC não distorçam. Abaixe o teto do limiter em ${n.db(excess)}.`,
      ),
    ),
  ];
};
