import { createTransport } from 'nodemailer';
import type { MailSender } from './mail.ts';

const timeoutMs = 20_000;

/** A server that takes mail. `smtp://` without TLS goes over to it where the server offers it. */
export function smtpSender({ url, from }: { readonly url: string; readonly from: string }): MailSender {
  const transport = createTransport({
    url,
    pool: true,
    maxConnections: 2,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    // Nothing of a mail names a file or an address to be read.
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    deliver: async (mail) => void (await transport.sendMail({ from, ...mail })),
    close: () => transport.close(),
  };
}
