import assert from 'node:assert/strict';
import { test } from 'node:test';
import { pino } from 'pino';
import { letter } from './letters.ts';
import { type Mail, mailLanguage, mailLanguages } from './mail.ts';
import { createOutgoingMail } from './outgoing-mail.ts';

function mailThrough(deliver: (mail: Mail) => Promise<void>, more = {}) {
  const log: Record<string, unknown>[] = [];
  const sink = { write: (line: string) => void log.push(JSON.parse(line) as Record<string, unknown>) };
  const sender = { deliver, close: () => {} };
  return { log, mail: createOutgoingMail({ sender, log: pino({}, sink), pausesMs: [1, 1], ...more }) };
}

const to = (address: string): Mail => ({ to: address, subject: 'Hello', text: 'a secret link', html: '' });
const busy = Object.assign(new Error('busy'), { responseCode: 451 });
const never = Object.assign(new Error('no such mailbox'), { responseCode: 550 });

test('a mail that is refused for now is tried again, and those behind it come after it', async () => {
  const tried: string[] = [];
  const { mail, log } = mailThrough(async ({ to }) => {
    tried.push(to);
    if (tried.length < 3) throw busy;
  });
  mail.send(to('a'));
  mail.send(to('b'));
  await mail.close();
  assert.deepEqual(tried, ['a', 'a', 'a', 'b']);
  assert.ok(
    !JSON.stringify(log).includes('a secret link'),
    'a link that lets somebody in is in no line about its failure',
  );
});

test('one that is refused for good is not, nor one that fails again and again', async () => {
  const tried: string[] = [];
  const { mail, log } = mailThrough(async ({ to }) => {
    tried.push(to);
    throw to === 'a' ? never : busy;
  });
  for (const address of ['a', 'b']) mail.send(to(address));
  await mail.close();
  assert.deepEqual(tried, ['a', 'b', 'b', 'b']);
  assert.equal(log.filter(({ level }) => level === 50).length, 2, 'and it is said of both');
});

test('no more wait than there is room for', async () => {
  const gate = Promise.withResolvers<void>();
  const sent: string[] = [];
  const { mail, log } = mailThrough(
    async ({ to }) => {
      await gate.promise;
      sent.push(to);
    },
    { maxWaiting: 2 },
  );
  for (const address of ['a', 'b', 'c']) mail.send(to(address));
  gate.resolve();
  await mail.close();
  assert.deepEqual(sent, ['a', 'b']);
  assert.equal(log.length, 1);
});

test('a server that is silent does not keep the program from ending', async () => {
  const { mail } = mailThrough(() => new Promise(() => {}), { closeWithinMs: 10 });
  mail.send(to('a'));
  await mail.close();
});

test('letters say the same in both languages, and what others wrote stays text', () => {
  const workspace = '<script>alert(1)</script>\r\nBcc: everybody@example.com';
  for (const language of mailLanguages) {
    for (const occasion of ['reset', 'verify', 'exists', 'invitation'] as const) {
      const link = 'https://media.example/join#a&b';
      const mail = letter('ana@example.com', occasion, language, link, { workspace });
      assert.ok(mail.text.includes(link), 'the link stands in the text as it is');
      assert.ok(mail.html.includes('href="https://media.example/join#a&#38;b"'));
      assert.doesNotMatch(mail.html, /<script/);
      assert.doesNotMatch(mail.subject, /[\r\n]/);
    }
  }
  const [en, pt] = mailLanguages.map((language) => letter('a', 'reset', language, 'x').subject);
  assert.notEqual(en, pt);
});

test('a language is taken as people and browsers say it', () => {
  for (const wanted of ['pt', 'pt-BR', 'PT-pt', 'pt-BR,en;q=0.8']) assert.equal(mailLanguage(wanted), 'pt-BR');
  for (const wanted of ['en', 'de', '', null, undefined, 'ptolemaic']) assert.equal(mailLanguage(wanted), 'en');
});
