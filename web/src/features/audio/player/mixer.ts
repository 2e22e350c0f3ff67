import { listeners, type Transport, withinSeconds } from './transport.ts';

/** One of several recordings that run side by side. */
export interface MixerSource {
  readonly id: string;
  readonly buffer: AudioBuffer;
}

export interface Mixer extends Transport {
  /** @param factor 0 to 1; changed within a few milliseconds, so that nothing clicks */
  setGain(id: string, factor: number): void;
}

/** What a start needs to reach all sources before its moment comes. */
const leadSeconds = 0.03;
/** How fast a gain follows: a time constant. */
const gainSeconds = 0.008;

/** Plays recordings in step, to the sample: all of them start at one moment of one clock, each through its own gain. */
export function createMixer(context: AudioContext, sources: readonly MixerSource[]): Mixer {
  const { subscribe, tell } = listeners();
  const durationSeconds = Math.max(0, ...sources.map(({ buffer }) => buffer.duration));
  const gains = new Map(sources.map(({ id }) => [id, context.createGain()]));
  for (const gain of gains.values()) gain.connect(context.destination);
  let running: AudioBufferSourceNode[] = [];
  /** Where it stands while it is still, or stood when it began. */
  let offset = 0;
  let startedAt = 0;
  let closed = false;

  const timeNow = (): number =>
    running.length === 0
      ? offset
      : withinSeconds(offset + Math.max(0, context.currentTime - startedAt), durationSeconds);

  function stop(): void {
    offset = timeNow();
    const stopped = running;
    running = [];
    for (const node of stopped) {
      node.onended = null;
      node.stop();
      node.disconnect();
    }
  }

  function start(): void {
    if (offset >= durationSeconds) offset = 0;
    startedAt = context.currentTime + leadSeconds;
    running = sources.flatMap(({ id, buffer }) => {
      const gain = gains.get(id);
      if (gain === undefined || offset >= buffer.duration) return [];
      const node = new AudioBufferSourceNode(context, { buffer });
      node.connect(gain);
      node.start(startedAt, offset);
      node.onended = () => ended(node);
      return [node];
    });
  }

  /** The longest one decides. */
  function ended(node: AudioBufferSourceNode): void {
    if (node.buffer?.duration !== durationSeconds) return;
    stop();
    offset = 0;
    tell();
  }

  return {
    durationSeconds,
    get playing() {
      return running.length > 0;
    },
    get timeSeconds() {
      return timeNow();
    },
    play() {
      if (running.length > 0 || closed) return;
      // A context that was made before anybody touched the page waits to be woken.
      void context.resume();
      start();
      tell();
    },
    pause() {
      stop();
      tell();
    },
    seek(seconds) {
      const wasPlaying = running.length > 0;
      stop();
      offset = withinSeconds(seconds, durationSeconds);
      if (wasPlaying) start();
      tell();
    },
    setGain(id, factor) {
      gains.get(id)?.gain.setTargetAtTime(factor, context.currentTime, gainSeconds);
    },
    subscribe,
    close() {
      if (closed) return;
      closed = true;
      stop();
      void context.close();
    },
  };
}

/**
 * Fetches recordings and decodes them, one after another.
 *
 * @throws Error for the first that cannot be had or decoded
 */
export async function decodeAll(
  context: BaseAudioContext,
  urls: readonly { readonly id: string; readonly url: string }[],
  signal: AbortSignal,
  onProgress: (done: number) => void,
): Promise<readonly MixerSource[]> {
  const sources: MixerSource[] = [];
  for (const { id, url } of urls) {
    const response = await fetch(url, { signal });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    sources.push({ id, buffer: await context.decodeAudioData(await response.arrayBuffer()) });
    signal.throwIfAborted();
    onProgress(sources.length);
  }
  return sources;
}
