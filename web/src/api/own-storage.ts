/**
 * What this browser keeps of its person's work, such as names of files. It belongs to one person in one workspace, and
 * goes with them.
 */

/** How the page looks is nobody's secret. */
const ofTheBrowser: ReadonlySet<string> = new Set(['esteira.language', 'esteira.colours']);
const whoseKey = 'esteira.whose';
let closed = false;

/** Full or forbidden: the page then starts empty the next time. */
export function keep(key: string, value: unknown): void {
  if (closed) return;
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // As above.
  }
}

/** Forgets all that was kept; nothing more is until the page is loaded anew. */
export function forgetAll(): void {
  closed = true;
  forget();
}

/**
 * Makes what is kept here theirs.
 *
 * @returns false when it was somebody else's; it is forgotten then
 */
export function claimStorage(whose: string): boolean {
  const before = localStorage.getItem(whoseKey);
  if (before === whose) return true;
  forget();
  localStorage.setItem(whoseKey, whose);
  return false;
}

/** Another tab has signed out, or in as somebody else. */
export function onClaimed(listener: () => void): void {
  addEventListener('storage', ({ key, oldValue }) => {
    if (key === null || (key === whoseKey && oldValue !== null)) listener();
  });
}

function forget(): void {
  for (const key of Object.keys(localStorage)) if (!ofTheBrowser.has(key)) localStorage.removeItem(key);
}
