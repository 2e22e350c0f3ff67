import type { Visit } from './visit.ts';

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

export const ana: Person = { name: 'Ana Souza', email: 'ana@loja.example', password: 'trilho verde manso 7' };
export const bea: Person = { name: 'Bea Lima', email: 'bea@loja.example', password: 'farol quieto azul 9' };

/** The address that sets the server up, from its log. */
export function setupAddress(log: string): string {
  const found = /https?:\/\/[^\s"]+\/setup#[\w-]+/.exec(log)?.[0];
  if (found === undefined) throw new Error(`no address to set up by: ${log}`);
  return found;
}

/** Fills a field by its label. */
export async function fill(visit: Visit, label: string, value: string): Promise<void> {
  await visit.page.getByLabel(visit.say(label), { exact: true }).fill(value);
}

export async function signIn(visit: Visit, { email, password }: Person): Promise<void> {
  await fill(visit, 'E-mail', email);
  await fill(visit, 'Password', password);
  await visit.pressButton('Sign in');
}

/** To a page of the account, the workspace or the server, by the menu and the sections. */
export async function openSection(visit: Visit, entry: string, section: string): Promise<void> {
  const { page, say } = visit;
  await visit.press(visit.button('Account'));
  await visit.press(page.getByRole('menuitem', { name: say(entry) }).first());
  const navigation = page.getByRole('main').getByRole('navigation');
  await visit.press(navigation.getByRole('link', { name: say(section), exact: true }));
  await page.getByRole('heading', { level: 1, name: say(section) }).waitFor();
}

export async function signOut(visit: Visit): Promise<void> {
  await visit.choose(visit.button('Account'), 'Sign out');
  await visit.page.waitForURL('**/sign-in');
}

/** Where one comes to first. */
export async function started({ page, say }: Visit): Promise<void> {
  await page.getByRole('heading', { level: 1, name: say('Photos in, clean cut-outs out.') }).waitFor();
}
