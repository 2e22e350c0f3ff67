import type { KeyboardEvent, PointerEvent } from 'react';
import type { Transport } from './transport.ts';

export const stepSeconds = 5;
export const leapSeconds = 10;

/** A mouse or a finger over a picture of a recording: its left edge is the beginning, its right edge the end. */
export function pointerSeek(transport: Transport | undefined) {
  const follow = ({ currentTarget, clientX }: PointerEvent<HTMLElement>): void => {
    if (transport === undefined) return;
    const { left, width } = currentTarget.getBoundingClientRect();
    if (width > 0) transport.seek(((clientX - left) / width) * transport.durationSeconds);
  };
  return {
    onPointerDown(event: PointerEvent<HTMLElement>): void {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      follow(event);
    },
    onPointerMove(event: PointerEvent<HTMLElement>): void {
      if (event.currentTarget.hasPointerCapture(event.pointerId)) follow(event);
    },
  };
}

/** The keys of a slider. */
export function keySeek(transport: Transport | undefined) {
  return (event: KeyboardEvent): void => {
    const to = transport && seekTarget(event.key, transport);
    if (transport === undefined || to === undefined) return;
    event.preventDefault();
    transport.seek(to);
  };
}

export function seekTarget(
  key: string,
  { timeSeconds, durationSeconds }: Pick<Transport, 'timeSeconds' | 'durationSeconds'>,
): number | undefined {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return timeSeconds - stepSeconds;
    case 'ArrowRight':
    case 'ArrowUp':
      return timeSeconds + stepSeconds;
    case 'PageDown':
      return timeSeconds - leapSeconds * 3;
    case 'PageUp':
      return timeSeconds + leapSeconds * 3;
    case 'Home':
      return 0;
    case 'End':
      return durationSeconds;
    default:
      return undefined;
  }
}
