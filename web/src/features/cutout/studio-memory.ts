import { keep } from '../../api/own-storage.ts';
import type { Look } from './background.ts';
import type { StudioItem } from './studio-item.ts';

const storageKey = 'esteira.studio';
/** Browsers keep some five megabytes; an item takes about half a kilobyte. */
const remembered = 300;

interface Remembered {
  readonly items: readonly StudioItem[];
  readonly look: Look;
}

const start: Remembered = { items: [], look: { background: { kind: 'transparent' }, quality: 'auto' } };

/** What was in the studio before the page was loaded anew, as far as the server has it. */
export function recall(): Remembered {
  try {
    const stored = JSON.parse(localStorage.getItem(storageKey) ?? 'null') as Remembered | null;
    return stored?.look?.background && Array.isArray(stored.items) ? { look: stored.look, items: stored.items } : start;
  } catch {
    return start;
  }
}

let waiting: Remembered | undefined;

/** Soon, and once for many changes; at the latest when the page goes away. */
export function remember(state: Remembered): void {
  if (waiting === undefined) {
    setTimeout(store, 300);
    window.addEventListener('pagehide', store);
  }
  waiting = state;
}

function store(): void {
  if (waiting === undefined) return;
  const { items, look } = waiting;
  waiting = undefined;
  const kept = items
    .filter(({ upload }) => upload.state === 'done')
    .slice(-remembered)
    .map(({ id, name, upload, maskId, works }) => ({
      id,
      name,
      upload,
      ...(maskId !== undefined && { maskId }),
      works: withJobs(works),
    }));
  keep(storageKey, { items: kept, look });
}

function withJobs(works: StudioItem['works']): StudioItem['works'] {
  return Object.fromEntries(Object.entries(works).filter(([, { jobId }]) => jobId !== undefined));
}
