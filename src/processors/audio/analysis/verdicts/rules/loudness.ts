import { type Rule, type Subject, verdict } from '../rule.ts';
import { targetLufs } from '../targets.ts';
import { say } from '../words.ts';

/** Integrated loudness against what the target plays, asks for, or is used to. */
export const loudness: Rule = (subject) => {
  const { integratedLufs } = subject.measured.loudness;
  if (integratedLufs === null) return [];
  const lufs = targetLufs(subject.target, subject.measured.channels);
  const judged = { ...subject, integratedLufs, lufs, excess: integratedLufs - lufs };
  switch (subject.target.kind) {
    case 'playback':
      return [playback(judged)];
    case 'delivery':
      return [delivery(judged)];
    case 'as-is':
      return [asIs(judged)];
  }
};

interface Judged extends Subject {
  readonly integratedLufs: number;
  readonly lufs: number;
  /** Above the target's loudness; negative below it. */
  readonly excess: number;
}

function playback({ target: { name, toleranceLu, turnsUp }, outcome, integratedLufs, lufs, excess }: Judged) {
  const figures = { measured: integratedLufs, target: lufs, unit: 'LUFS' };
  const gainDb = outcome.gainDb ?? 0;
  if (Math.abs(excess) <= toleranceLu) {
    return verdict(
      'loudness-on-target',
      'good',
      figures,
      say(
        (n) =>
          `${name} plays this almost as it is: loudness, the perceived volume of the whole track, is ${n.lufs(integratedLufs)}, and ${name} plays at ${n.lufs(lufs)}.`,
        (n) =>
          `O ${name} toca a faixa quase como ela é: o loudness (volume percebido da faixa inteira) é ${n.lufs(integratedLufs)}, e o ${name} toca a ${n.lufs(lufs)}.`,
      ),
    );
  }
  if (excess > 0) {
    return verdict(
      'loudness-above-target',
      'advice',
      figures,
      say(
        (n) =>
          `${name} will turn this down by ${n.db(-gainDb)}: loudness, the perceived volume of the whole track, is ${n.lufs(integratedLufs)}, and ${name} plays at ${n.lufs(lufs)}. That harms nothing, but being louder brings nothing there either: a master with less limiting would play just as loud and keep more punch.`,
        (n) =>
          `O ${name} vai abaixar a faixa em ${n.db(-gainDb)}: o loudness (volume percebido da faixa inteira) é ${n.lufs(integratedLufs)}, e o ${name} toca a ${n.lufs(lufs)}. Isso não estraga nada, mas o volume extra também não traz vantagem lá: uma master com menos limiter tocaria igualmente alta e com mais impacto.`,
      ),
    );
  }
  const missing = -excess - gainDb;
  if (missing <= toleranceLu) {
    return verdict(
      'loudness-below-target',
      'good',
      figures,
      say(
        (n) =>
          `${name} will turn this up by ${n.db(gainDb)}, to ${n.lufs(integratedLufs + gainDb)}: it has ${n.lufs(integratedLufs)} by itself, and its peaks leave room for that. Nothing to do.`,
        (n) =>
          `O ${name} vai aumentar a faixa em ${n.db(gainDb)}, até ${n.lufs(integratedLufs + gainDb)}: ela tem ${n.lufs(integratedLufs)}, e os picos deixam espaço para isso. Nada a fazer.`,
      ),
    );
  }
  const up = turnsUp === 'never';
  return verdict(
    'loudness-below-target',
    missing > 3 ? 'warning' : 'advice',
    figures,
    say(
      (n) =>
        `It will play ${n.db(missing)} quieter than other music on ${name}: loudness, the perceived volume of the whole track, is ${n.lufs(integratedLufs)}, ${name} plays at ${n.lufs(lufs)}, and ${up ? 'it never turns quiet tracks up' : `it can add only ${n.db(gainDb)} before the peaks get too high`}. If you want it as loud as the others, raise it with a limiter in mastering.`,
      (n) =>
        `Vai tocar ${n.db(missing)} mais baixo que as outras músicas no ${name}: o loudness (volume percebido da faixa inteira) é ${n.lufs(integratedLufs)}, o ${name} toca a ${n.lufs(lufs)} e ${up ? 'nunca aumenta faixas baixas' : `só pode aumentar ${n.db(gainDb)} antes que os picos fiquem altos demais`}. Se quiser a faixa tão alta quanto as outras, aumente com um limiter na masterização.`,
    ),
  );
}

function delivery({ target, targetName, measured, integratedLufs, lufs, excess }: Judged) {
  const { toleranceLu, looseToleranceLu = toleranceLu, ceilingDbtp, demand = target.place } = target;
  const figures = { measured: integratedLufs, target: lufs, unit: 'LUFS' };
  // Tenths are what meters show and what is agreed on.
  const off = Math.round(Math.abs(excess) * 10) / 10;
  if (off <= toleranceLu) {
    return verdict(
      'loudness-on-target',
      'good',
      figures,
      say(
        (n) =>
          `Loudness, the perceived volume of the whole programme, is ${n.lufs(integratedLufs)}: within ${n.number(toleranceLu)} LU (1 LU is 1 dB) of the ${n.lufs(lufs)} for ${target.place.en}.`,
        (n) =>
          `O loudness (volume percebido do programa inteiro) é ${n.lufs(integratedLufs)}: a menos de ${n.number(toleranceLu)} LU (1 LU = 1 dB) dos ${n.lufs(lufs)} pedidos para ${target.place['pt-BR']}.`,
      ),
    );
  }
  const loose = off <= looseToleranceLu;
  const severity = loose ? 'advice' : targetName === 'ebu-r128' ? 'problem' : 'warning';
  const peakAfter = (measured.loudness.truePeakDbtp ?? Number.NEGATIVE_INFINITY) - excess;
  const needsLimiter = excess < 0 && peakAfter > ceilingDbtp;
  return verdict(
    excess > 0 ? 'loudness-above-target' : 'loudness-below-target',
    severity,
    figures,
    say(
      (n) =>
        `${demand.en} ${n.lufs(lufs)} (±${n.number(loose ? toleranceLu : looseToleranceLu)}); this has ${n.lufs(integratedLufs)}, measured over the whole programme. Turn all of it ${excess > 0 ? 'down' : 'up'} by ${n.db(Math.abs(excess))}.${loose ? ' As it is, it passes only as a live programme.' : ''}${needsLimiter ? ` Its peaks would then reach ${n.dbtp(peakAfter)}: a limiter has to hold them at ${n.dbtp(ceilingDbtp)}.` : ''}`,
      (n) =>
        `${demand['pt-BR']} ${n.lufs(lufs)} (±${n.number(loose ? toleranceLu : looseToleranceLu)}); aqui são ${n.lufs(integratedLufs)}, medidos no programa inteiro. ${excess > 0 ? 'Abaixe' : 'Aumente'} tudo em ${n.db(Math.abs(excess))}.${loose ? ' Do jeito que está, só passa como programa ao vivo.' : ''}${needsLimiter ? ` Os picos chegariam a ${n.dbtp(peakAfter)}: um limiter precisa segurá-los em ${n.dbtp(ceilingDbtp)}.` : ''}`,
    ),
  );
}

function asIs({ target: { toleranceLu }, integratedLufs, lufs, excess }: Judged) {
  const figures = { measured: integratedLufs, target: lufs, unit: 'LUFS' };
  const [from, to] = [lufs - toleranceLu, lufs + toleranceLu];
  if (Math.abs(excess) <= toleranceLu) {
    return verdict(
      'loudness-on-target',
      'good',
      figures,
      say(
        (n) =>
          `At ${n.lufs(integratedLufs)} (perceived volume of the whole track) it sits among what DJs play, some ${n.number(from)} to ${n.lufs(to)}.`,
        (n) =>
          `Com ${n.lufs(integratedLufs)} (volume percebido da faixa inteira), ela fica no nível do que os DJs tocam, entre ${n.number(from)} e ${n.lufs(to)}.`,
      ),
    );
  }
  return excess < 0
    ? verdict(
        'loudness-below-target',
        -excess > 2 * toleranceLu ? 'warning' : 'advice',
        figures,
        say(
          (n) =>
            `In a set it will sound ${n.db(-excess)} quieter than its neighbours: it has ${n.lufs(integratedLufs)} (perceived volume of the whole track), DJs mostly play tracks from ${n.number(from)} to ${n.lufs(to)}, and no service evens that out in a club. Master a louder version for DJs.`,
          (n) =>
            `Num set ela vai soar ${n.db(-excess)} mais baixa que as vizinhas: tem ${n.lufs(integratedLufs)} (volume percebido da faixa inteira), os DJs tocam sobretudo faixas entre ${n.number(from)} e ${n.lufs(to)}, e no clube ninguém nivela isso. Masterize uma versão mais alta para DJs.`,
        ),
      )
    : verdict(
        'loudness-above-target',
        'advice',
        figures,
        say(
          (n) =>
            `${n.lufs(integratedLufs)} (perceived volume of the whole track) is louder than most of what DJs play, ${n.number(from)} to ${n.lufs(to)}. They will turn it down; what the limiter took from kick and snare stays lost.`,
          (n) =>
            `${n.lufs(integratedLufs)} (volume percebido da faixa inteira) é mais alto que quase tudo o que os DJs tocam, de ${n.number(from)} a ${n.lufs(to)}. Eles vão abaixar; o impacto que o limiter tirou do bumbo e da caixa não volta.`,
        ),
      );
}
