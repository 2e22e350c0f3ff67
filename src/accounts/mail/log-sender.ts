import type { Logger } from 'pino';
import type { MailSender } from './mail.ts';

/**
 * Where no server takes mail: whoever runs this one reads it in the log and hands the link on. It is the one place where a
 * link that lets somebody in may be logged, and it says so.
 */
export function logSender(log: Pick<Logger, 'warn'>): MailSender {
  return {
    async deliver({ to, subject, text }) {
      log.warn({ to, subject, text }, 'mail that could not be sent: no ESTEIRA_SMTP_URL is set');
    },
    close() {},
  };
}
