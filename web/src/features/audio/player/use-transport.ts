import { useEffect, useEffectEvent, useReducer, useSyncExternalStore } from 'react';
import type { Transport } from './transport.ts';

const nothing = () => () => {};

/** Whether it plays; the page is drawn anew when that changes. */
export function usePlaying(transport: Transport | undefined): boolean {
  return useSyncExternalStore(transport?.subscribe ?? nothing, () => transport?.playing ?? false);
}

/** Runs on every frame while it plays, and once when it has jumped: for what is moved without React. */
export function useFrames(transport: Transport | undefined, onFrame: (seconds: number) => void): void {
  const show = useEffectEvent(onFrame);
  useEffect(() => {
    if (transport === undefined) return;
    let frame = 0;
    const tick = (): void => {
      show(transport.timeSeconds);
      frame = transport.playing ? requestAnimationFrame(tick) : 0;
    };
    const onChange = (): void => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(tick);
    };
    onChange();
    const stop = transport.subscribe(onChange);
    return () => {
      stop();
      cancelAnimationFrame(frame);
    };
  }, [transport]);
}

/** Draws the component anew every so often while it plays, and whenever it jumps: for what is read, not watched. */
export function useCoarseTime(transport: Transport | undefined, everyMs = 250): number {
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const playing = usePlaying(transport);
  useEffect(() => transport?.subscribe(redraw), [transport]);
  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(redraw, everyMs);
    return () => clearInterval(timer);
  }, [playing, everyMs]);
  return transport?.timeSeconds ?? 0;
}
