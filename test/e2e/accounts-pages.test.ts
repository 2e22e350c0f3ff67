import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { Locator } from 'playwright-core';
import { accountsEnv, outsideEnv } from '../support/accounts-env.ts';
import { startIdentityProvider, type TestIdentityProvider } from '../support/identity-provider.ts';
import { startMailServer, type TestMailServer } from '../support/mail-server.ts';
import { freePort } from '../support/server-process.ts';
import { ana, bea, fill, openSection, signIn, signOut, started } from '../support/studio/account-steps.ts';
import { type OpenStudio, openStudio } from '../support/studio/open-studio.ts';
import type { Size, Visit } from '../support/studio/visit.ts';
import type { Language } from '../support/studio/words.ts';
import { until } from '../support/until.ts';

// What is done rarely: roles of one's own, a key replaced, plans, a workspace that is suspended, copies and the end of
// everything; and how else people get in: by mail, by themselves, from elsewhere.

let studio: OpenStudio;
let mails: TestMailServer;
let provider: TestIdentityProvider;
let origin: string;

before(async () => {
  const port = await freePort();
  origin = `http://localhost:${port}`;
  mails = await startMailServer();
  provider = await startIdentityProvider(`${origin}/v1/auth/callback/oidc`, {
    caio: { email: 'caio@corp.example', email_verified: true, name: 'Caio' },
  });
  studio = await openStudio({
    port,
    env: {
      ...accountsEnv,
      ...outsideEnv(origin, mails.url, provider.issuer),
      ESTEIRA_ADMIN_EMAIL: ana.email,
      ESTEIRA_ADMIN_PASSWORD: ana.password,
      ESTEIRA_OIDC_EMAIL_DOMAINS: 'corp.example',
    },
  });
});
after(async () => {
  await studio[Symbol.asyncDispose]();
  await provider[Symbol.asyncDispose]();
  await mails[Symbol.asyncDispose]();
});

async function visit(language: Language, size: Size, way: (visit: Visit) => Promise<void>): Promise<void> {
  await using opened = await studio.visit({ language, size });
  await way(opened);
  assert.deepEqual(opened.problems(), []);
}

/** Presses a button of the dialog that is open. */
async function pressInDialog(visit: Visit, message: string): Promise<void> {
  const { page, say } = visit;
  await visit.press(page.getByRole('dialog').getByRole('button', { name: say(message), exact: true }));
}

async function gone(locator: Locator): Promise<void> {
  await locator.waitFor({ state: 'detached' });
}

/** Where the newest mail to somebody leads. */
async function linkTo(email: string, pattern: RegExp): Promise<string> {
  return await until(() => {
    const text = mails.received.filter(({ to }) => to.includes(email)).at(-1)?.text ?? '';
    return pattern.exec(text)?.[0] ?? assert.fail(`no link in: ${text}`);
  });
}

for (const [language, size] of [
  ['en', 'desktop'],
  ['pt-BR', 'phone'],
] as const) {
  test(`a role, a key that is replaced, a copy and an end, in ${language} on a ${size}`, { timeout: 600_000 }, () =>
    visit(language, size, async (visitor) => {
      const { page, say } = visitor;
      await page.goto(`${origin}/sign-in`);
      await visitor.look('sign-in-with-others');
      await signIn(visitor, ana);
      await started(visitor);

      await openSection(visitor, 'Workspace', 'Roles');
      const role = `Fotógrafos ${language}`;
      await visitor.pressButton('Make a role');
      await fill(visitor, 'Name', role);
      await visitor.look('role-new');
      await pressInDialog(visitor, 'Save');
      await visitor.pressButton('Change {name}', { name: role });
      await page.getByRole('dialog').getByRole('checkbox').last().check();
      await pressInDialog(visitor, 'Save');
      await gone(page.getByRole('dialog'));
      await visitor.look('roles');
      await visitor.pressButton('Remove {name}', { name: role });
      await pressInDialog(visitor, 'Remove');
      await gone(visitor.button('Remove {name}', { name: role }));

      await openSection(visitor, 'Workspace', 'API keys');
      const key = `Loja ${language}`;
      await visitor.pressButton('Make a key');
      await fill(visitor, 'What it is for', key);
      await visitor.pressButton('Make the key');
      await visitor.pressButton('All right');
      await visitor.pressButton('Replace {name}', { name: key });
      await visitor.look('key-replace');
      await visitor.pressButton('Make the new key');
      const text =
        (await page
          .getByRole('dialog')
          .getByText(/^esteira_/)
          .textContent()) ?? '';
      await visitor.pressButton('All right');
      await page
        .getByText(say('The key before it goes on until {0}', { 0: '' }).trim())
        .first()
        .waitFor();
      await visitor.look('keys-replaced');
      const asked = await fetch(`${origin}/v1/jobs`, { headers: { authorization: `Bearer ${text}` } });
      assert.equal(asked.status, 200);

      await openSection(visitor, 'Workspace', 'Privacy');
      await visitor.pressButton('Make a copy');
      const archive = page.getByRole('link', { name: say('Download ZIP') }).first();
      await archive.waitFor();
      const download = page.waitForEvent('download');
      await visitor.press(archive);
      assert.match((await download).suggestedFilename(), /\.zip$/);
      await visitor.pressButton('Delete…');
      const typed = page.getByRole('dialog').getByRole('textbox');
      const confirm = page.getByRole('dialog').getByRole('button', { name: say('Delete'), exact: true });
      assert.equal(await confirm.isDisabled(), true, 'nothing is deleted by one press');
      await typed.fill('Esteira');
      await visitor.look('delete');
      await visitor.press(confirm);
      await visitor.button('Call it off').waitFor();
      await visitor.look('privacy-ending');
      await visitor.pressButton('Call it off');
      await visitor.button('Delete…').waitFor();
      await signOut(visitor);
    }),
  );
}

test('a plan is made and given, and a workspace suspended and let go on', { timeout: 600_000 }, () =>
  visit('pt-BR', 'phone', async (phone) => {
    const { page, say } = phone;
    await page.goto(`${origin}/sign-in`);
    await signIn(phone, ana);
    await started(phone);
    await openSection(phone, 'Server', 'Plans');
    await phone.pressButton('Make a plan');
    await fill(phone, 'Id', 'feira');
    await fill(phone, 'Name', 'Feira');
    await phone.look('plan-new');
    await pressInDialog(phone, 'Save');
    await phone.button('Change {0}', { 0: 'Feira' }).waitFor();
    await phone.look('plans');

    await openSection(phone, 'Server', 'Workspaces');
    const given = page.waitForResponse((answer) => answer.request().method() === 'PUT' && answer.status() < 300);
    await page.getByLabel(say('Plan of {name}', { name: 'Esteira' })).selectOption({ label: 'Feira' });
    await given;
    await phone.pressButton('Suspend {name}', { name: 'Esteira' });
    await page.getByText(say('Suspended'), { exact: true }).waitFor();
    const banner = page.getByText(
      say('This workspace is suspended. What is here can be seen and downloaded; nothing new is made.'),
    );
    await banner.waitFor();
    await phone.look('suspended');
    await phone.pressButton('Let it work again: {name}', { name: 'Esteira' });
    await gone(banner);
    await openSection(phone, 'Workspace', 'Plan and usage');
    await page.getByText('Feira').first().waitFor();
    await phone.look('usage-of-plan');
    await signOut(phone);
  }),
);

test('who makes an account confirms the address; who forgot the password chooses another', { timeout: 600_000 }, () =>
  visit('pt-BR', 'phone', async (phone) => {
    const { page, say } = phone;
    await page.goto(`${origin}/sign-in`);
    await phone.press(page.getByRole('link', { name: say('Make an account') }));
    await page.getByRole('heading', { level: 1, name: say('Make an account') }).waitFor();
    await phone.look('sign-up');
    await fill(phone, 'Your name', bea.name);
    await fill(phone, 'E-mail', bea.email);
    await fill(phone, 'Password', bea.password);
    await phone.pressButton('Make an account');
    await page.getByRole('heading', { level: 1, name: say('Look into your mail') }).waitFor();
    await phone.look('look-into-mail');
    await page.goto(await linkTo(bea.email, /http:\/\/localhost:\d+\/v1\/auth\/verify-email\?token=[\w.-]+[^\s"<]*/));
    await page.goto(`${origin}/sign-in`);

    await phone.press(page.getByRole('link', { name: say('Forgotten your password?') }));
    await fill(phone, 'E-mail', bea.email);
    await phone.look('forgotten');
    await phone.pressButton('Send the link');
    await page.getByRole('heading', { level: 1, name: say('Forgotten password') }).waitFor();
    await page.goto(await linkTo(bea.email, /http:\/\/localhost:\d+\/reset-password#[\w-]+/));
    await page.getByRole('heading', { level: 1, name: say('Choose a new password') }).waitFor();
    await phone.look('new-password');
    const changed = { ...bea, password: 'barco lento verde 3' };
    await fill(phone, 'Password', changed.password);
    await phone.pressButton('Change the password');
    await page.getByRole('heading', { level: 1, name: say('Your password is changed') }).waitFor();
    await phone.press(page.getByRole('link', { name: say('Sign in') }));
    await signIn(phone, changed);
    await started(phone);
    await signOut(phone);
  }),
);

test('who has an account elsewhere comes in with it', { timeout: 600_000 }, () =>
  visit('en', 'desktop', async (desk) => {
    const { page } = desk;
    await page.goto(`${origin}/sign-in`);
    // What its pages look like is its own affair: the way through them goes beside the browser.
    await page.route(`${provider.issuer}/**`, (route) => route.fulfill({ contentType: 'text/html', body: '' }));
    await desk.pressButton('Go on with {name}', { name: 'Corp' });
    await page.waitForURL(`${provider.issuer}/**`);
    await page.goto(await provider.signIn(page.url(), 'caio'));
    await started(desk);
    await openSection(desk, 'Your account', 'Profile');
    assert.equal(await page.getByLabel(desk.say('E-mail'), { exact: true }).inputValue(), 'caio@corp.example');
    await desk.look('profile-from-elsewhere');
  }),
);
