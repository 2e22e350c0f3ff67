import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { accountsEnv } from '../support/accounts-env.ts';
import { freePort } from '../support/server-process.ts';
import { ana, fill, openSection, setupAddress, signIn, signOut, started } from '../support/studio/account-steps.ts';
import { type OpenStudio, openStudio } from '../support/studio/open-studio.ts';
import { cardOf } from '../support/studio/results.ts';
import { totpCode } from '../support/studio/totp.ts';
import type { Size, Visit } from '../support/studio/visit.ts';
import type { Language } from '../support/studio/words.ts';

// The ways in: by keys alone, with a second step, with a passkey; and back to where one was when a session has ended.

let studio: OpenStudio;
let origin: string;
before(async () => {
  studio = await openStudio({ env: accountsEnv, port: await freePort() });
  const address = new URL(setupAddress(studio.log()));
  origin = address.origin;
  const response = await fetch(`${origin}/v1/auth/setup`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin },
    body: JSON.stringify({ ...ana, workspace: 'Loja da Ana', token: address.hash.slice(1) }),
  });
  assert.equal(response.status, 200, await response.text());
});
after(() => studio[Symbol.asyncDispose]());

async function visit(language: Language, size: Size, way: (visit: Visit) => Promise<void>): Promise<void> {
  await using opened = await studio.visit({ language, size });
  await way(opened);
  assert.deepEqual(opened.problems(), []);
}

test('with keys alone: in, a look at the members, and out', { timeout: 600_000 }, () =>
  visit('en', 'desktop', async (desk) => {
    const { page, say } = desk;
    const { keyboard } = page;
    await page.goto(`${origin}/`);
    await page.getByLabel(say('E-mail')).waitFor();
    // The first field has the focus.
    await keyboard.type(ana.email);
    await desk.tabTo(page.getByLabel(say('Password'), { exact: true }));
    await keyboard.type(ana.password);
    await keyboard.press('Enter');
    await started(desk);
    await desk.tabTo(desk.button('Account'));
    await keyboard.press('Enter');
    const entry = page.getByRole('menuitem', { name: say('Workspace') });
    await entry.waitFor();
    await desk.reach(entry, 'ArrowDown');
    await keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: say('Members') }).waitFor();
    await desk.tabTo(page.getByRole('link', { name: say('Plan and usage') }));
    await keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: say('Plan and usage') }).waitFor();
    await desk.tabTo(desk.button('Table'));
    await keyboard.press('Enter');
    await page.getByRole('table').waitFor();
    await desk.tabTo(desk.button('Account'), 'Shift+Tab');
    await keyboard.press('Enter');
    const out = page.getByRole('menuitem', { name: say('Sign out') });
    await out.waitFor();
    await desk.reach(out, 'ArrowUp');
    await keyboard.press('Enter');
    await page.waitForURL('**/sign-in');
  }),
);

test('a session that was ended elsewhere: in again, where one was, with what was chosen', { timeout: 600_000 }, () =>
  visit('en', 'desktop', async (desk) => {
    const { page, say } = desk;
    await page.goto(`${origin}/sign-in`);
    await signIn(desk, ana);
    await started(desk);
    const other = await fetch(`${origin}/v1/auth/sign-in/email`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin },
      body: JSON.stringify({ email: ana.email, password: ana.password }),
    });
    const cookie = other.headers
      .getSetCookie()
      .map((each) => each.split(';')[0])
      .join('; ');
    const ended = await fetch(`${origin}/v1/auth/revoke-other-sessions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin, cookie },
      body: '{}',
    });
    assert.equal(ended.status, 200, await ended.text());

    // What follows is refused until they are back.
    desk.expected.push(/^\/v1\//);
    const photo = await studio.photo('chosen.jpg', 'product-on-white', 3);
    await desk.drop([photo], async () => {});
    await page.waitForURL('**/sign-in**');
    await fill(desk, 'E-mail', ana.email);
    await fill(desk, 'Password', 'not her password');
    await desk.pressButton('Sign in');
    await page.getByRole('alert').getByText(say('The address or the password is not right.')).waitFor();
    await desk.look('wrong-password');
    // It was refused before, and is sent now without being chosen again.
    const sent = page.waitForResponse((answer) => answer.url().endsWith('/v1/assets') && answer.status() < 300);
    await signIn(desk, ana);
    await cardOf(desk, 'chosen.jpg').waitFor();
    await sent;
    assert.equal(new URL(page.url()).pathname, '/');
    await signOut(desk);
  }),
);

test('a second step: switched on, asked for, and a backup code instead', { timeout: 600_000 }, () =>
  visit('pt-BR', 'phone', async (phone) => {
    const { page, say } = phone;
    await page.goto(`${origin}/sign-in`);
    await signIn(phone, ana);
    await started(phone);
    await openSection(phone, 'Your account', 'Sign-in and devices');
    await page.getByText(say('This one'), { exact: true }).waitFor();
    const panel = page.getByRole('region', { name: say('Second step') });
    await phone.press(panel.getByRole('button', { name: say('Switch on') }));
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(say('Password'), { exact: true }).fill(ana.password);
    await phone.press(dialog.getByRole('button', { name: say('Go on') }));
    await dialog.getByRole('img', { name: say('Code for the authenticator app') }).waitFor();
    await phone.look('two-factor-app');
    const secret = (await dialog.locator('code').textContent()) ?? '';
    await dialog.getByLabel(say('Code'), { exact: true }).fill(totpCode(secret));
    await phone.press(dialog.getByRole('button', { name: say('Switch on') }));
    await phone.button('I have kept them').waitFor();
    const [backup = ''] = await dialog.getByRole('listitem').allTextContents();
    await phone.look('two-factor-codes');
    await phone.pressButton('I have kept them');
    await panel.getByText(say('On'), { exact: true }).waitFor();
    await signOut(phone);

    await signIn(phone, ana);
    await page.getByRole('heading', { level: 1, name: say('One more step') }).waitFor();
    await phone.look('second-step');
    await phone.pressButton('Use a backup code');
    await fill(phone, 'Backup code', backup);
    await phone.pressButton('Sign in');
    await started(phone);

    await openSection(phone, 'Your account', 'Sign-in and devices');
    await phone.press(panel.getByRole('button', { name: say('Switch off') }));
    await dialog.getByLabel(say('Password'), { exact: true }).fill(ana.password);
    await phone.press(dialog.getByRole('button', { name: say('Go on') }));
    await panel.getByRole('button', { name: say('Switch on') }).waitFor();
    await signOut(phone);
  }),
);

test('a passkey: made, used, removed', { timeout: 600_000 }, () =>
  visit('en', 'desktop', async (desk) => {
    const { page, say } = desk;
    const keys = await page.context().newCDPSession(page);
    await keys.send('WebAuthn.enable');
    await keys.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    });
    await page.goto(`${origin}/account/security`);
    await signIn(desk, ana);
    await page.getByRole('heading', { level: 1, name: say('Sign-in and devices') }).waitFor();
    await desk.pressButton('Add a passkey');
    await fill(desk, 'What this device is called', 'Test key');
    await desk.pressButton('Go on');
    await page.getByText('Test key').waitFor();
    await desk.look('passkey');
    await signOut(desk);
    await desk.pressButton('Use a passkey');
    await started(desk);
    await openSection(desk, 'Your account', 'Sign-in and devices');
    await desk.pressButton('Remove {0}', { 0: 'Test key' });
    await desk.press(page.getByRole('dialog').getByRole('button', { name: say('Remove'), exact: true }));
    await page.getByText('Test key').waitFor({ state: 'detached' });
    await signOut(desk);
  }),
);
