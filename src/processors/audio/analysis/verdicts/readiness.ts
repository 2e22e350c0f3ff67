import type { Verdict } from '../analysis.ts';
import { type Subject, verdict } from './rule.ts';
import { verdictTitle } from './verdict-titles.ts';
import { type Bilingual, say } from './words.ts';

/** The answer to "is my mix ready?", from all that was found; names what stands in the way. */
export function readiness({ target }: Subject, found: readonly Verdict[]): Verdict {
  const of = (severity: Verdict['severity']) => found.filter((candidate) => candidate.severity === severity);
  const [problems, warnings, advice] = [of('problem'), of('warning'), of('advice')];
  const figures = { measured: problems.length + warnings.length, target: 0, unit: 'findings' };
  const { place } = target;
  if (problems.length > 0) {
    return verdict(
      'not-ready',
      'problem',
      figures,
      say(
        () => `Not ready for ${place.en} yet. To solve first: ${list(problems, 'en')}.`,
        () => `Ainda não está pronta para ${place['pt-BR']}. Resolva primeiro: ${list(problems, 'pt-BR')}.`,
      ),
    );
  }
  if (warnings.length > 0) {
    return verdict(
      'nearly-ready',
      'warning',
      figures,
      say(
        () => `Nearly ready for ${place.en}. Look at this before you send it: ${list(warnings, 'en')}.`,
        () => `Quase pronta para ${place['pt-BR']}. Olhe isto antes de enviar: ${list(warnings, 'pt-BR')}.`,
      ),
    );
  }
  return verdict(
    'ready',
    'good',
    figures,
    say(
      () =>
        `Ready for ${place.en}: nothing stands in the way.${advice.length > 0 ? ' What follows are tips, not faults.' : ''}`,
      () =>
        `Pronta para ${place['pt-BR']}: nada impede o envio.${advice.length > 0 ? ' O que segue são dicas, não defeitos.' : ''}`,
    ),
  );
}

function list(found: readonly Verdict[], language: keyof Bilingual): string {
  return found.map(({ code }) => lowerFirst(verdictTitle(code)[language])).join('; ');
}

/** Within a sentence; what is written in capitals stays so. */
function lowerFirst(text: string): string {
  return /^.[a-zà-ÿ ]/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}
