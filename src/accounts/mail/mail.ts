/** A letter to one person. */
export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

export interface MailSender {
  /** @throws whatever keeps it from being taken; the same mail may be tried again */
  deliver(mail: Mail): Promise<void>;
  close(): void;
}

/** Languages that mails are written in. */
export const mailLanguages = ['en', 'pt-BR'] as const;
export type MailLanguage = (typeof mailLanguages)[number];

/** @param wanted a language as people or browsers say it: `pt`, `pt-BR`, `en-GB,en;q=0.9`; null: not known */
export function mailLanguage(wanted: string | null | undefined): MailLanguage {
  return /^pt\b/i.test(wanted ?? '') ? 'pt-BR' : 'en';
}
