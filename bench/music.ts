import { evaluateMusic } from './music/evaluate.ts';
import { learnRules } from './music/learn-rules.ts';

/**
 * How often tempo and key are right on generated pieces; exits with 1 when a goal is missed. `learn` derives the rules of
 * rhythm anew instead, from other pieces.
 *
 *     npm run bench -- music [pieces | learn]
 */

const [option = '220'] = process.argv.slice(2);
if (option === 'learn') await learnRules();
else if (!(await evaluateMusic(Number(option)))) process.exitCode = 1;
