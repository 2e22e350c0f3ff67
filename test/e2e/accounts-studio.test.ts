import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { freePort } from '../support/server-process.ts';
import {
  ana,
  bea,
  fill,
  openSection,
  setupAddress,
  signIn,
  signOut,
  started,
} from '../support/studio/account-steps.ts';
import { type OpenStudio, openStudio } from '../support/studio/open-studio.ts';
import type { Size, Visit } from '../support/studio/visit.ts';
import type { Language } from '../support/studio/words.ts';

// A server with accounts, as people come to it: the first administrator, somebody whom she invites, and what each may.

let studio: OpenStudio;
/** As people write it: a passkey belongs to a name, not to a number. */
let origin: string;
before(async () => {
  studio = await openStudio({ env: { ESTEIRA_AUTH: 'accounts' }, port: await freePort() });
  origin = new URL(setupAddress(studio.log())).origin;
});
after(() => studio[Symbol.asyncDispose]());

async function visit(language: Language, size: Size, way: (visit: Visit) => Promise<void>): Promise<void> {
  await using opened = await studio.visit({ language, size });
  await way(opened);
  assert.deepEqual(opened.problems(), []);
}

test('set up, invited, joined, with a key, and out again', { timeout: 600_000 }, async () => {
  let link = '';
  await visit('en', 'desktop', async (desk) => {
    const { page, say } = desk;
    // Whoever comes without the token is told what is missing.
    await page.goto(`${origin}/jobs`);
    await page.getByLabel(say('One-time token')).waitFor();
    await desk.look('setup-without-token');
    await page.goto('about:blank');
    await page.goto(setupAddress(studio.log()));
    await fill(desk, 'Your name', ana.name);
    await fill(desk, 'E-mail', ana.email);
    await fill(desk, 'Password', ana.password);
    await fill(desk, 'Name of the workspace', 'Loja da Ana');
    assert.equal(new URL(page.url()).hash, '', 'the token does not stay in the address');
    await desk.look('setup');
    await desk.pressButton('Set up');
    await started(desk);

    await openSection(desk, 'Workspace', 'Members');
    await desk.pressButton('Invite somebody');
    await fill(desk, 'E-mail', bea.email);
    await desk.look('invite');
    await desk.pressButton('Invite');
    link = (await page.getByText(/\/join#/).textContent()) ?? '';
    await desk.look('invited');
    await desk.pressButton('All right');
    await page.getByText(bea.email).first().waitFor();
    await desk.look('members');
  });

  await visit('pt-BR', 'phone', async (phone) => {
    const { page, say } = phone;
    await page.goto(link);
    await page.getByRole('heading', { level: 1, name: 'Entrar em Loja da Ana' }).waitFor();
    await phone.look('join');
    await fill(phone, 'Your name', bea.name);
    await fill(phone, 'Password', bea.password);
    await phone.pressButton('Join');
    await started(phone);
    await phone.look('start');

    await openSection(phone, 'Workspace', 'API keys');
    await phone.look('keys-empty');
    await phone.pressButton('Make a key');
    await fill(phone, 'What it is for', 'Servidor da loja');
    await phone.look('key-new');
    await phone.pressButton('Make the key');
    // Behind it the list shows the same key by its beginning.
    const whole = page.getByRole('dialog').getByText(/^esteira_/);
    const key = (await whole.textContent()) ?? '';
    await phone.look('key-made');
    const asked = (path: string) => fetch(`${studio.address}${path}`, { headers: { authorization: `Bearer ${key}` } });
    assert.equal((await asked('/v1/jobs')).status, 200);
    assert.equal((await asked('/v1/webhooks')).status, 403, 'it may what it was given, and no more');
    await phone.pressButton('All right');
    await page.getByText('Servidor da loja').waitFor();
    await phone.look('keys');

    await phone.press(phone.button('Revoke {name}', { name: 'Servidor da loja' }));
    await phone.press(page.getByRole('dialog').getByRole('button', { name: say('Revoke'), exact: true }));
    await page.getByText(say('Revoked'), { exact: true }).waitFor();
    assert.equal((await asked('/v1/jobs')).status, 401);

    // An editor is not offered what an editor may not do.
    const sections = page.getByRole('main').getByRole('navigation');
    assert.equal(await sections.getByRole('link', { name: say('Record') }).count(), 0);
    await phone.press(sections.getByRole('link', { name: say('Members') }));
    await page.getByText(ana.name).waitFor();
    assert.equal(await phone.button('Invite somebody').count(), 0);

    await signOut(phone);
    await phone.look('sign-in');
    const kept = await page.evaluate<string[]>('Object.keys(localStorage)');
    assert.deepEqual(
      kept.filter((name) => name !== 'esteira.language' && name !== 'esteira.colours'),
      [],
    );
    assert.equal((await page.request.get('/v1/jobs')).status(), 401);
  });
});

const accountSections = ['Profile', 'Sign-in and devices', 'Privacy'];
const workspaceSections = ['Members', 'Roles', 'API keys', 'Plan and usage', 'Record', 'Privacy', 'Settings'];
const serverSections = ['Workspaces', 'Plans', 'Limits'];

for (const [language, size] of [
  ['pt-BR', 'phone'],
  ['en', 'desktop'],
] as const) {
  test(`every page of accounts, in ${language} on a ${size}`, { timeout: 600_000 }, () =>
    visit(language, size, async (visitor) => {
      const { page, say } = visitor;
      await page.goto(`${origin}/workspace`);
      await signIn(visitor, ana);
      // Where they wanted to go before they were asked who they are.
      await page.getByRole('heading', { level: 1, name: say('Members') }).waitFor();
      for (const [path, sections] of [
        ['account', accountSections],
        ['workspace', workspaceSections],
        ['server', serverSections],
      ] as const) {
        await page.goto(`${origin}/${path}`);
        const links = page.getByRole('main').getByRole('navigation');
        for (const section of sections) {
          await visitor.press(links.getByRole('link', { name: say(section), exact: true }));
          await page.getByRole('heading', { level: 1, name: say(section) }).waitFor();
          await page.getByRole('status', { name: say('Loading') }).waitFor({ state: 'detached' });
          await visitor.look(`${path}-${section.toLowerCase().replaceAll(/[^a-z]+/g, '-')}`);
        }
      }
      await visitor.press(visitor.button('Account'));
      await visitor.look('account-menu');
    }),
  );
}
