import { listeners, type Transport, withinSeconds } from './transport.ts';

/**
 * Plays one recording as it arrives, however long it is.
 *
 * @param durationSeconds as measured; the file's own header is not always right
 */
export function createStreamTransport(url: string, durationSeconds: number): Transport {
  const audio = new Audio();
  const { subscribe, tell } = listeners();
  audio.preload = 'metadata';
  audio.src = url;
  for (const event of ['play', 'pause', 'seeking', 'seeked', 'ended', 'loadedmetadata']) {
    audio.addEventListener(event, tell);
  }
  return {
    durationSeconds,
    get playing() {
      return !audio.paused && !audio.ended;
    },
    get timeSeconds() {
      return audio.currentTime;
    },
    play() {
      // A browser that forbids it, or a jump that comes in between, leaves it paused: the button shows that.
      audio.play().catch(() => undefined);
    },
    pause: () => audio.pause(),
    seek(seconds) {
      audio.currentTime = withinSeconds(seconds, durationSeconds);
      tell();
    },
    subscribe,
    close() {
      audio.pause();
      audio.removeAttribute('src');
      audio.load();
    },
  };
}
