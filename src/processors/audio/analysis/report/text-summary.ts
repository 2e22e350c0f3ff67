import type { Judged } from '../analysis.ts';
import { keyName } from '../verdicts/rules/music.ts';
import { verdictTitle } from '../verdicts/verdict-titles.ts';
import { type Language, speeches } from '../verdicts/words.ts';
import { phrases } from './phrases.ts';

const signs = { problem: '✗', warning: '!', advice: '·', good: '✓' } as const;

/** An analysis in some lines for a terminal: is it ready, the figures, what to do, and what is good in one line. */
export function textSummary(analysis: Judged, language: Language): string {
  const [first, ...others] = analysis.verdicts;
  const good = others.filter(({ severity }) => severity === 'good');
  const toDo = others.filter(({ severity }) => severity !== 'good');
  return [
    ...(first === undefined ? [] : [`  ${first.text[language]}`]),
    `  ${figureLine(analysis, language)}`,
    ...toDo.map(
      ({ code, severity, text }) => `  ${signs[severity]} ${verdictTitle(code)[language]}: ${text[language]}`,
    ),
    ...(good.length === 0
      ? []
      : [`  ${signs.good} ${good.map(({ code }) => verdictTitle(code)[language]).join(' · ')}`]),
  ].join('\n');
}

/** What is known; a dash stands for what a recording is too short or too quiet to tell. */
function figureLine({ loudness, rhythm, tonality }: Judged, language: Language): string {
  const speech = speeches[language];
  const words = phrases[language];
  const { integratedLufs, truePeakDbtp, samplePeakDbfs, rangeLu } = loudness;
  if (samplePeakDbfs === null) return words.silence;
  return [
    integratedLufs === null ? `${words.noValue} LUFS` : speech.lufs(integratedLufs),
    ...(truePeakDbtp === null ? [] : [speech.dbtp(truePeakDbtp)]),
    ...(rangeLu === null ? [] : [`LRA ${speech.number(rangeLu)} LU`]),
    ...(rhythm.tempoBpm === null ? [] : [`${speech.number(rhythm.tempoBpm)} BPM`]),
    ...(tonality.key === null ? [] : [language === 'en' ? tonality.key : keyName(tonality.key)]),
  ].join(' · ');
}
