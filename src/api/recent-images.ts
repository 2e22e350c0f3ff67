import type { FanOut } from '#events/fan-out.ts';
import type { Actor } from '#kernel/actor.ts';
import type { StoredContent } from './object-response.ts';

/** Where the bytes of a signed address are, and whose they are. */
export interface RecentImage {
  readonly assetId: string;
  readonly owner: Actor;
  readonly jobId: string;
  readonly content: StoredContent;
}

const maxImages = 10_000;
/** What another process removed is still shown for so long where nobody could tell. */
const keptMs = 60_000;

/** The addresses asked for last: an address that many look at costs no question to the database. */
export class RecentImages {
  readonly #images = new Map<string, { readonly image: RecentImage; readonly untilMs: number }>();

  get(address: string, nowMs = performance.now()): RecentImage | undefined {
    const found = this.#images.get(address);
    if (found === undefined) return undefined;
    this.#images.delete(address);
    if (found.untilMs <= nowMs) return undefined;
    this.#images.set(address, found);
    return found.image;
  }

  set(address: string, image: RecentImage, nowMs = performance.now()): void {
    this.#images.delete(address);
    this.#images.set(address, { image, untilMs: nowMs + keptMs });
    for (const oldest of this.#images.keys()) {
      if (this.#images.size <= maxImages) break;
      this.#images.delete(oldest);
    }
  }

  forget(address: string): void {
    this.#images.delete(address);
  }

  /** All that was made from it. */
  forgetAsset(assetId: string): void {
    for (const [address, { image }] of this.#images) if (image.assetId === assetId) this.#images.delete(address);
  }

  forgetAll(): void {
    this.#images.clear();
  }
}

const keyPrefix = 'asset:';

/** What is told under `cache-dropped` when an upload was removed. */
export function assetKey(assetId: string): string {
  return `${keyPrefix}${assetId}`;
}

/** Pictures that every process forgets as soon as one of them says so. @returns also what ends the listening */
export function sharedRecentImages(fanOut: Pick<FanOut, 'on'>): { images: RecentImages; close: () => void } {
  const images = new RecentImages();
  const close = fanOut.on('cache-dropped', (keys) => {
    if (keys.length === 0) images.forgetAll();
    for (const key of keys) if (key.startsWith(keyPrefix)) images.forgetAsset(key.slice(keyPrefix.length));
  });
  return { images, close };
}
