import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Mail, MailSender } from './mail.ts';

/** Mails on their way: whoever sends one does not wait, and hears nothing of what becomes of it. */
export interface OutgoingMail {
  send(mail: Mail): void;
  /** Waits for those on their way, a short while; what is left then is lost. */
  close(): Promise<void>;
}

export interface OutgoingMailOptions {
  readonly sender: MailSender;
  readonly log: Pick<Logger, 'warn' | 'error'>;
  /** Of those that wait; one more is not sent at all. */
  readonly maxWaiting?: number;
  /** Before each further try. */
  readonly pausesMs?: readonly number[];
  readonly closeWithinMs?: number;
}

/** One at a time, in order; a mail that a server will not take holds nobody up but those behind it. */
export function createOutgoingMail(options: OutgoingMailOptions): OutgoingMail {
  const { sender, log, maxWaiting = 1_000, pausesMs = [2_000, 15_000, 60_000], closeWithinMs = 3_000 } = options;
  const stopping = new AbortController();
  let waiting = 0;
  let last = Promise.resolve();

  async function deliver(mail: Mail): Promise<void> {
    for (const pauseMs of [...pausesMs, undefined]) {
      try {
        return await sender.deliver(mail);
      } catch (err) {
        if (pauseMs === undefined || isRefused(err) || stopping.signal.aborted) {
          return log.error({ err, subject: mail.subject }, 'a mail could not be sent');
        }
        log.warn({ err, subject: mail.subject }, 'a mail could not be sent; trying again');
        await delay(pauseMs, undefined, { signal: stopping.signal }).catch(() => {});
      }
    }
  }

  return {
    send(mail) {
      if (waiting >= maxWaiting)
        return log.error({ subject: mail.subject }, 'too many mails wait; this one is not sent');
      waiting += 1;
      last = last.then(() => deliver(mail)).finally(() => (waiting -= 1));
    },
    async close() {
      await Promise.race([last, delay(closeWithinMs, undefined, { ref: false })]);
      stopping.abort();
      sender.close();
    },
  };
}

/** The server has said that it never takes this one (RFC 5321, 5yz). */
function isRefused(error: unknown): boolean {
  const code = Object(error) as { responseCode?: unknown };
  return typeof code.responseCode === 'number' && code.responseCode >= 500;
}
