import type { Mail, MailLanguage } from './mail.ts';

/** What people get mail about. */
export type Occasion = 'reset' | 'verify' | 'exists' | 'invitation';

interface Letter {
  readonly subject: string;
  readonly lines: readonly string[];
  readonly button: string;
}

/** @param about who invites, and where to */
export function letter(
  to: string,
  occasion: Occasion,
  language: MailLanguage,
  link: string,
  about: { readonly workspace?: string } = {},
): Mail {
  const { subject, lines, button } = letters[language](about.workspace ?? '')[occasion];
  const text = `${lines[0]}\n\n${link}\n\n${lines.slice(1).join('\n')}\n`;
  const [first = '', ...others] = lines;
  const html =
    `<!doctype html><html lang="${language}"><body style="font:16px/1.5 sans-serif;max-width:36em;margin:2em auto">` +
    `<p>${escaped(first)}</p><p><a href="${escaped(link)}">${escaped(button)}</a></p>` +
    `${others.map((line) => `<p>${escaped(line)}</p>`).join('')}</body></html>`;
  // A name is others' text: no line of it may become a header, though the library looks after that too.
  return { to, subject: subject.replace(/[\r\n]+/g, ' '), text, html };
}

const letters: Readonly<Record<MailLanguage, (workspace: string) => Readonly<Record<Occasion, Letter>>>> = {
  en: (workspace) => ({
    reset: {
      subject: 'A new password for Esteira',
      lines: [
        'Somebody asked for a new password for this address. If it was you, choose one here within an hour:',
        'If it was not you, do nothing: your password stays as it is.',
      ],
      button: 'Choose a new password',
    },
    verify: {
      subject: 'Confirm your address for Esteira',
      lines: ['Confirm that this address is yours:', 'If you have no account with us, do nothing.'],
      button: 'Confirm the address',
    },
    exists: {
      subject: 'You have an account with Esteira already',
      lines: [
        'Somebody wanted to make an account with this address, which has one. If it was you, sign in here:',
        'If you do not know your password any more, the same page helps. If it was not you, do nothing.',
      ],
      button: 'Sign in',
    },
    invitation: {
      subject: `Invitation to ${workspace} in Esteira`,
      lines: [
        `You are invited to work in ${workspace}. Join here within seven days:`,
        'If you do not want to, do nothing.',
      ],
      button: 'Join',
    },
  }),
  'pt-BR': (workspace) => ({
    reset: {
      subject: 'Uma nova senha para a Esteira',
      lines: [
        'Alguém pediu uma nova senha para este endereço. Se foi você, escolha uma aqui dentro de uma hora:',
        'Se não foi você, não faça nada: sua senha continua a mesma.',
      ],
      button: 'Escolher uma nova senha',
    },
    verify: {
      subject: 'Confirme seu endereço para a Esteira',
      lines: ['Confirme que este endereço é seu:', 'Se você não tem uma conta conosco, não faça nada.'],
      button: 'Confirmar o endereço',
    },
    exists: {
      subject: 'Você já tem uma conta na Esteira',
      lines: [
        'Alguém quis criar uma conta com este endereço, que já tem uma. Se foi você, entre aqui:',
        'Se você não se lembra da senha, a mesma página ajuda. Se não foi você, não faça nada.',
      ],
      button: 'Entrar',
    },
    invitation: {
      subject: `Convite para ${workspace} na Esteira`,
      lines: [
        `Você foi convidado a trabalhar em ${workspace}. Entre aqui dentro de sete dias:`,
        'Se não quiser, não faça nada.',
      ],
      button: 'Entrar',
    },
  }),
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
