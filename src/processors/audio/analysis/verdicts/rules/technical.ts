import type { Verdict } from '../../analysis.ts';
import { type Rule, type Subject, verdict } from '../rule.ts';
import { say } from '../words.ts';

const lossyCodecs = /mp3|aac|vorbis|opus|wma|ac-?3/i;
/** Of full scale: 0.1 % is −60 dB, which nothing does by accident of music. */
const dcLimits = { advice: 0.005, warning: 0.02 } as const;
/** MP3 cuts off at 16 kHz at 128 kbit/s, at 19 to 20 kHz at 256 and 320; 44.1 kHz itself reaches 22 kHz. */
const cutoffHz = 17_500;
/** ACX asks for −60 dBFS of audiobooks; −50 is heard in pauses. */
const noiseLimitsDbfs = { advice: -60, warning: -50 } as const;

/** The file itself: what it was before, and what it carries along. */
export const technical: Rule = (subject) => {
  const found = [dc, bits, bandwidth, sampleRate, noise].flatMap((rule) => rule(subject));
  if (found.length > 0) return found;
  return [
    verdict(
      'technical-clean',
      'good',
      {},
      say(
        () => 'The file itself is in order: sample rate, bits, bandwidth and zero line give no cause for complaint.',
        () => 'O arquivo em si está em ordem: taxa de amostragem, bits, faixa de frequências e linha zero sem reparos.',
      ),
    ),
  ];
};

function dc({ measured: { dynamics } }: Subject): Verdict[] {
  const offset = Math.abs(dynamics.dcOffset);
  if (offset < dcLimits.advice) return [];
  return [
    verdict(
      'dc-offset',
      offset >= dcLimits.warning ? 'warning' : 'advice',
      { measured: dynamics.dcOffset, target: 0, unit: 'of full scale' },
      say(
        (n) =>
          `The wave does not swing around zero but ${n.percent(offset * 100)} of full scale beside it (DC offset), which costs headroom and clicks at cuts. A high-pass filter at 20 Hz, or "remove DC" in the editor, puts it right.`,
        (n) =>
          `A onda não oscila em torno do zero, e sim ${n.percent(offset * 100)} do máximo ao lado (DC offset), o que gasta headroom e estala nos cortes. Um passa-altas em 20 Hz, ou "remover DC" no editor, resolve.`,
      ),
    ),
  ];
}

function bits({ measured: { dynamics, source } }: Subject): Verdict[] {
  const { effectiveBits } = dynamics;
  if (effectiveBits === null || lossyCodecs.test(source.codec)) return [];
  if (effectiveBits < 16) {
    return [
      verdict(
        'bit-depth-low',
        'warning',
        { measured: effectiveBits, target: 16, unit: 'bits' },
        say(
          (n) =>
            `Only ${n.count(effectiveBits)} bits of each sample are used: quiet passages will be grainy. Export with 16 bits, better 24.`,
          (n) =>
            `Só ${n.count(effectiveBits)} bits de cada amostra são usados: trechos baixos ficam granulados. Exporte em 16 bits, ou melhor, 24.`,
        ),
      ),
    ];
  }
  const declared = source.bitsPerSample;
  if (declared === null || declared < 24 || effectiveBits > 16) return [];
  return [
    verdict(
      'bit-depth-padded',
      'advice',
      { measured: effectiveBits, target: declared, unit: 'bits' },
      say(
        (n) =>
          `The file says ${n.count(declared)} bits, but only ${n.count(effectiveBits)} are used: somewhere on the way it went through ${n.count(effectiveBits)} bits. It is fit to release; export from the session if you want the full resolution.`,
        (n) =>
          `O arquivo diz ${n.count(declared)} bits, mas só ${n.count(effectiveBits)} são usados: em algum ponto ele passou por ${n.count(effectiveBits)} bits. Dá para lançar; exporte direto da sessão se quiser a resolução inteira.`,
      ),
    ),
  ];
}

function bandwidth({ measured: { source, spectrum, sampleRateHz }, targetName }: Subject): Verdict[] {
  if (lossyCodecs.test(source.codec)) {
    // Podcasts are delivered like that.
    if (targetName === 'podcast') return [];
    return [
      verdict(
        'lossy-source',
        'advice',
        { measured: spectrum.highestHz, target: null, unit: 'Hz' },
        say(
          () =>
            `This is ${source.codec}, which has thrown parts of the sound away. To listen and to compare it is fine; send services a WAV or FLAC, since they compress it once more.`,
          () =>
            `Isto é ${source.codec}, que já descartou partes do som. Para ouvir e comparar, tudo bem; aos serviços, envie WAV ou FLAC, pois eles comprimem mais uma vez.`,
        ),
      ),
    ];
  }
  const { highestHz } = spectrum;
  if (highestHz === null || highestHz >= cutoffHz || sampleRateHz < 2 * cutoffHz) return [];
  return [
    verdict(
      'lossy-cutoff',
      'warning',
      { measured: highestHz, target: cutoffHz, unit: 'Hz' },
      say(
        (n) =>
          `Above ${n.frequency(highestHz)} there is nothing, although the file could hold more: it looks like an MP3 or a stream that was saved as ${source.codec}. Look for the original before you release it. Old or dark recordings can end there too.`,
        (n) =>
          `Acima de ${n.frequency(highestHz)} não há nada, embora o arquivo comporte mais: parece um MP3 ou stream salvo como ${source.codec}. Procure o original antes de lançar. Gravações antigas ou escuras também podem terminar aí.`,
      ),
    ),
  ];
}

function sampleRate({ measured: { sampleRateHz } }: Subject): Verdict[] {
  if (sampleRateHz >= 44_100) return [];
  return [
    verdict(
      'sample-rate-low',
      'warning',
      { measured: sampleRateHz, target: 44_100, unit: 'Hz' },
      say(
        (n) =>
          `The sample rate is ${n.frequency(sampleRateHz)}: it ends at ${n.frequency(sampleRateHz / 2)}, while services expect 44.1 kHz. Export from the session at 44.1 or 48 kHz; converting this file does not bring the treble back.`,
        (n) =>
          `A taxa de amostragem é ${n.frequency(sampleRateHz)}: o som termina em ${n.frequency(sampleRateHz / 2)}, e os serviços esperam 44,1 kHz. Exporte da sessão em 44,1 ou 48 kHz; converter este arquivo não traz os agudos de volta.`,
      ),
    ),
  ];
}

function noise({ measured: { dynamics }, targetName, genre }: Subject): Verdict[] {
  const floor = dynamics.noiseFloorDbfs;
  if (floor === null || floor < noiseLimitsDbfs.advice || (targetName !== 'podcast' && genre !== 'speech')) return [];
  return [
    verdict(
      'noise-floor-high',
      floor >= noiseLimitsDbfs.warning ? 'warning' : 'advice',
      { measured: floor, target: noiseLimitsDbfs.advice, unit: 'dBFS' },
      say(
        (n) =>
          `The quietest passages still have ${n.dbfs(floor)}: hiss, hum or room, heard in the pauses; below ${n.dbfs(noiseLimitsDbfs.advice)} nobody notices. Record closer to the microphone, or use a noise reduction sparingly.`,
        (n) =>
          `Os trechos mais baixos ainda têm ${n.dbfs(floor)}: chiado, zumbido ou sala, audíveis nas pausas; abaixo de ${n.dbfs(noiseLimitsDbfs.advice)} ninguém nota. Grave mais perto do microfone ou use redução de ruído com moderação.`,
      ),
    ),
  ];
}
