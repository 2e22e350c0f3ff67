import { useEffect, useRef } from 'react';
import WaveSurfer from 'wavesurfer.js';
import type { Transport } from './transport.ts';
import { useFrames } from './use-transport.ts';

/** Lowest and highest sample of each of equal steps, −1 … 1. */
export interface Peaks {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

interface Props {
  readonly peaks: Peaks;
  readonly durationSeconds: number;
  readonly transport: Transport | undefined;
  readonly heightPx: number;
  /** Drawn anew when it changes: the colours of the page. */
  readonly scheme: string;
}

/** The picture of a recording; what has been played is in colour. It answers to no pointer: what is around it does. */
export function Wave({ peaks, durationSeconds, transport, heightPx, scheme }: Props) {
  const host = useRef<HTMLDivElement>(null);
  const wave = useRef<WaveSurfer>(undefined);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the colours are those of the scheme
  useEffect(() => {
    if (host.current === null) return;
    const colours = getComputedStyle(host.current);
    // It brings its styles in an element, which the policy refuses once it is in the page: taken out before.
    const holder = document.createElement('div');
    const drawn = WaveSurfer.create({
      container: holder,
      peaks: [[...peaks.high], [...peaks.low]].map((values) => Float32Array.from(values)),
      duration: durationSeconds,
      height: heightPx,
      waveColor: colours.getPropertyValue('--wave').trim(),
      progressColor: colours.getPropertyValue('--accent').trim(),
      cursorWidth: 0,
      interact: false,
      hideScrollbar: true,
    });
    adoptStyles(drawn.getWrapper());
    host.current.append(holder);
    wave.current = drawn;
    return () => {
      wave.current = undefined;
      drawn.destroy();
      holder.remove();
    };
  }, [peaks, durationSeconds, heightPx, scheme]);

  useFrames(transport, (seconds) =>
    wave.current?.getRenderer().renderProgress(durationSeconds > 0 ? seconds / durationSeconds : 0, false),
  );
  return <div ref={host} aria-hidden />;
}

function adoptStyles(inside: HTMLElement): void {
  const root = inside.getRootNode();
  if (!(root instanceof ShadowRoot)) return;
  const element = root.querySelector('style');
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(element?.textContent ?? '');
  element?.remove();
  root.adoptedStyleSheets = [sheet];
}
