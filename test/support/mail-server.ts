import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

export interface ReceivedMail {
  readonly to: readonly string[];
  /** Headers, and parts as they are read. */
  readonly text: string;
}

export interface TestMailServer extends AsyncDisposable {
  readonly url: string;
  readonly received: readonly ReceivedMail[];
  /** How many it refuses for now (451) before it takes one. */
  refuse(count: number): void;
}

/** A real SMTP server, to which one signs in with `esteira` and `mail password`. */
export async function startMailServer(): Promise<TestMailServer> {
  const received: ReceivedMail[] = [];
  let refusals = 0;
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth({ username, password }, _session, done) {
      if (username === 'esteira' && password === 'mail password') done(null, { user: username });
      else done(new Error('wrong'));
    },
    onMailFrom(_address, _session, done) {
      if (refusals === 0) return done();
      refusals -= 1;
      done(Object.assign(new Error('try again later'), { responseCode: 451 }));
    },
    onData(stream, session, done) {
      text(stream).then((raw) => {
        received.push({ to: session.envelope.rcptTo.map(({ address }) => address), text: decoded(raw) });
        done();
      }, done);
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const { port } = server.server.address() as AddressInfo;
  return {
    url: `smtp://esteira:${encodeURIComponent('mail password')}@127.0.0.1:${port}`,
    received,
    refuse(count) {
      refusals = count;
    },
    async [Symbol.asyncDispose]() {
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** @see RFC 2045, section 6.7 */
function decoded(raw: string): string {
  const end = raw.indexOf('\r\n\r\n');
  const bytes = raw
    .slice(end)
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));
  return raw.slice(0, end) + Buffer.from(bytes, 'latin1').toString('utf8');
}
