import type { Stereo, Verdict } from '../../analysis.ts';
import { type Rule, type Subject, verdict } from '../rule.ts';
import { say } from '../words.ts';

/** Rules of thumb; 50 % is as much side as middle, which two unrelated channels have. */
const limits = { identicalPercent: 0.5, widePercent: 55, bassPercent: 25, leanDb: 1.5, strongLeanDb: 3 } as const;

/** How many channels, how wide, how balanced. */
export const stereo: Rule = (subject) => {
  const { measured } = subject;
  if (measured.stereo === null) return [mono(subject)];
  const silent = silentChannel(subject);
  if (silent !== undefined) return [silent];
  const { widthPercent } = measured.stereo;
  if (widthPercent === null) return [];
  if (widthPercent <= limits.identicalPercent) return [identical(widthPercent)];
  const found = [...lean(measured.stereo), ...width(widthPercent), ...bass(subject, measured.stereo)];
  return found.length > 0 ? found : [fits(widthPercent)];
};

function mono({ targetName }: Subject): Verdict {
  return verdict(
    'mono-recording',
    targetName === 'podcast' || targetName === 'ebu-r128' ? 'good' : 'advice',
    { measured: 1, target: null, unit: 'channels' },
    say(
      () =>
        targetName === 'podcast'
          ? 'One channel: right for a voice, and half the file size.'
          : 'One channel: it plays in the middle of both loudspeakers. If the mix is stereo, it was exported as mono by mistake.',
      () =>
        targetName === 'podcast'
          ? 'Um canal: certo para voz, com metade do tamanho de arquivo.'
          : 'Um canal só: toca no centro das duas caixas. Se a mixagem é estéreo, foi exportada em mono por engano.',
    ),
  );
}

function silentChannel({ measured }: Subject): Verdict | undefined {
  const [left = null, right = null] = measured.loudness.channelTruePeaksDbtp;
  const balanceDb = measured.stereo?.balanceDb ?? 0;
  const silentLeft = (left === null && right !== null) || balanceDb < -60;
  const silentRight = (right === null && left !== null) || balanceDb > 60;
  if (silentLeft === silentRight) return undefined;
  return verdict(
    'channel-silent',
    'problem',
    {},
    say(
      () =>
        `The ${silentLeft ? 'left' : 'right'} channel is silent: on headphones half the music is missing. Export again with both channels, or as mono.`,
      () =>
        `O canal ${silentLeft ? 'esquerdo' : 'direito'} está em silêncio: no fone falta metade da música. Exporte de novo com os dois canais ou em mono.`,
    ),
  );
}

function identical(widthPercent: number): Verdict {
  return verdict(
    'channels-identical',
    'advice',
    { measured: widthPercent, target: null, unit: '%' },
    say(
      () =>
        'Both channels are the same: a stereo file that sounds mono. Fine for a voice; for music, look whether a mono switch was left on.',
      () =>
        'Os dois canais são iguais: um arquivo estéreo que soa mono. Tudo bem para voz; em música, veja se ficou algum botão de mono ligado.',
    ),
  );
}

function lean({ balanceDb }: Stereo): Verdict[] {
  if (balanceDb === null || Math.abs(balanceDb) < limits.leanDb) return [];
  const left = balanceDb > 0;
  return [
    verdict(
      'stereo-unbalanced',
      Math.abs(balanceDb) >= limits.strongLeanDb ? 'warning' : 'advice',
      { measured: balanceDb, target: 0, unit: 'dB' },
      say(
        (n) =>
          `The ${left ? 'left' : 'right'} channel is ${n.db(Math.abs(balanceDb))} louder over the whole track, so everything leans to the ${left ? 'left' : 'right'}. If that is not meant, look at panning and at the levels of the two channels.`,
        (n) =>
          `O canal ${left ? 'esquerdo' : 'direito'} está ${n.db(Math.abs(balanceDb))} mais alto na faixa inteira, então tudo pende para a ${left ? 'esquerda' : 'direita'}. Se não é intencional, confira o panorama e os níveis dos dois canais.`,
      ),
    ),
  ];
}

function width(widthPercent: number): Verdict[] {
  if (widthPercent <= limits.widePercent) return [];
  return [
    verdict(
      'stereo-too-wide',
      'warning',
      { measured: widthPercent, target: limits.widePercent, unit: '%' },
      say(
        (n) =>
          `There is more at the sides than in the middle (${n.percent(widthPercent)} side): on phones and in shops, which play in mono, much of it disappears. Ease stereo wideners, and keep voice, kick and bass in the middle.`,
        (n) =>
          `Há mais som nas laterais que no centro (${n.percent(widthPercent)} lateral): em celulares e lojas, que tocam em mono, muita coisa some. Alivie os alargadores de estéreo e deixe voz, bumbo e baixo no centro.`,
      ),
    ),
  ];
}

function bass({ targetName }: Subject, { bands }: Stereo): Verdict[] {
  const widest = bands
    .filter(({ name }) => name === 'sub' || name === 'bass')
    .reduce((most, { widthPercent }) => Math.max(most, widthPercent ?? 0), 0);
  // The upper bass holds guitars and voices too: only where the very low is wide is it a matter for everybody.
  const sub = bands.find(({ name }) => name === 'sub')?.widthPercent ?? 0;
  const measured = targetName === 'club' ? widest : sub;
  if (measured <= limits.bassPercent) return [];
  return [
    verdict(
      'bass-too-wide',
      targetName === 'club' ? 'warning' : 'advice',
      { measured, target: limits.bassPercent, unit: '%' },
      say(
        (n) =>
          `The bass is spread to the sides (${n.percent(measured)} side): it loses weight in mono, on vinyl and on club systems, whose subwoofers play mono. Make it mono below some 100 Hz.`,
        (n) =>
          `O grave está espalhado para as laterais (${n.percent(measured)} lateral): perde peso em mono, no vinil e em sistemas de clube, cujos subwoofers tocam em mono. Deixe-o mono abaixo de uns 100 Hz.`,
      ),
    ),
  ];
}

function fits(widthPercent: number): Verdict {
  return verdict(
    'stereo-fits',
    'good',
    { measured: widthPercent, target: limits.widePercent, unit: '%' },
    say(
      (n) => `Left and right are balanced, and the width (${n.percent(widthPercent)} side) leaves the middle firm.`,
      (n) =>
        `Esquerda e direita estão equilibradas, e a abertura (${n.percent(widthPercent)} lateral) mantém o centro firme.`,
    ),
  );
}
