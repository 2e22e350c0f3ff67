import type { Scope } from './privacy.ts';

/** What lies in an archive, for whoever opens it, in the languages of the studio. */
export function readme(scope: Scope, at: Date): string {
  const time = at.toISOString();
  return [
    scope === 'me'
      ? `Everything that this Esteira server keeps of you, as of ${time}.`
      : `Everything that this Esteira server keeps of your workspace, as of ${time}.`,
    '',
    'data/            what is written down, one file of JSON for each kind of thing',
    'data/acts.json   what was done, as it stands on record',
    'files/uploaded/  files as they were uploaded',
    'files/made/      what was made of them; <job>-<number>',
    '',
    'Passwords, keys and other secrets are not in it, nor what is known of other people beyond their ids and roles.',
    'docs/privacy.md of Esteira says what each kind of thing is for and how long it is kept.',
    '',
    '---',
    '',
    scope === 'me'
      ? `Tudo o que este servidor Esteira guarda sobre você, em ${time}.`
      : `Tudo o que este servidor Esteira guarda do seu espaço de trabalho, em ${time}.`,
    '',
    'data/            o que está registrado, um arquivo JSON para cada tipo de coisa',
    'data/acts.json   o que foi feito, como consta no registro',
    'files/uploaded/  os arquivos como foram enviados',
    'files/made/      o que foi feito com eles; <tarefa>-<número>',
    '',
    'Senhas, chaves e outros segredos não estão aqui, nem o que se sabe de outras pessoas além de seus ids e papéis.',
    'docs/privacy.md do Esteira diz para que serve cada tipo de coisa e por quanto tempo é guardado.',
    '',
  ].join('\n');
}
