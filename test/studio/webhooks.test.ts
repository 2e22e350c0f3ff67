import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { buildStudio } from '#cli/build-studio.ts';
import { openReceiver, verified } from '#webhooks/test-webhooks.ts';
import { accessibilityProblems, launchBrowser } from '../support/browser.ts';
import { type StartedServer, startServerProgram } from '../support/program.ts';
import { until } from '../support/until.ts';

let cwd: string;
let server: StartedServer;
let browser: Browser;
let receiver: Awaited<ReturnType<typeof openReceiver>>;
before(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'studio-webhooks-'));
  await buildStudio(() => {});
  [server, browser, receiver] = await Promise.all([startServerProgram([], { cwd }), launchBrowser(), openReceiver()]);
});
after(async () => {
  receiver?.close();
  await Promise.all([browser?.close(), server?.stop()]);
  await rm(cwd, { recursive: true, force: true });
});

const languages = [
  {
    locale: 'en-US',
    width: 1280,
    add: 'Add an address',
    address: 'Address',
    confirm: 'Add',
    close: 'Close',
    send: 'Send a test',
    delivered: 'Delivered',
    again: 'Send ping again',
    off: 'Switch off',
    on: 'Switch on',
    more: 'More for',
  },
  {
    locale: 'pt-BR',
    width: 390,
    add: 'Adicionar um endereço',
    address: 'Endereço',
    confirm: 'Adicionar',
    close: 'Fechar',
    send: 'Enviar um teste',
    delivered: 'Entregue',
    again: 'Enviar ping de novo',
    off: 'Desligar',
    on: 'Ligar',
    more: 'Mais opções de',
  },
];

for (const words of languages) {
  test(`a webhook is added, tried and sent again, in ${words.locale} at ${words.width} px`, async () => {
    const { locale, width } = words;
    const context = await browser.newContext({ locale, viewport: { width, height: 844 }, reducedMotion: 'reduce' });
    const page = await context.newPage();
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    const button = (name: string, exact = true) => page.getByRole('button', { name, exact });
    const path = `/${locale}`;
    await page.goto(`${server.address}/jobs`);
    await page.getByRole('link', { name: 'Webhooks' }).click();

    await button(words.add).click();
    await page.getByRole('textbox', { name: words.address }).fill(receiver.url + path);
    assert.deepEqual(await accessibilityProblems(page), []);
    await button(words.confirm).click();
    const secret = (await page.getByText(/^whsec_/).textContent()) ?? '';
    assert.deepEqual(await accessibilityProblems(page), []);
    await button(words.close).click();

    const card = page.getByRole('article', { name: receiver.url + path });
    await card.getByRole('button', { name: words.send }).click();
    await card.getByText(words.delivered, { exact: true }).last().waitFor();
    await card.getByRole('button', { name: words.again }).click();
    await until(() => assert.equal(receiver.at(path).length, 2));
    for (const each of receiver.at(path)) assert.equal(verified(each, secret).type, 'ping');
    assert.equal(new Set(receiver.at(path).map((each) => each.headers['webhook-id'])).size, 1);
    assert.deepEqual(await accessibilityProblems(page), []);

    await button(words.more, false).first().click();
    await page.getByRole('menuitem', { name: words.off }).click();
    await card.getByRole('button', { name: words.on, exact: true }).click();
    await card.getByRole('button', { name: words.send }).waitFor();
    const wider = await page.evaluate<number>(
      'document.documentElement.scrollWidth - document.documentElement.clientWidth',
    );
    assert.ok(wider <= 0, `${wider} px wider than the window`);
    assert.deepEqual(complaints, []);
    await context.close();
  });
}
