import type { Point } from './viewport.ts';

/** What the pointers on the stage mean. */
export interface GestureEvents {
  readonly onHover: (at: Point | undefined) => void;
  /** @param pressure 0 to 1; 1 for what has no pressure */
  readonly onPaintStart: (at: Point, pressure: number) => void;
  readonly onPaint: (at: Point, pressure: number) => void;
  readonly onPaintEnd: () => void;
  /** What was painted so far was the start of something else. */
  readonly onPaintAbandon: () => void;
  readonly onPan: (by: Point) => void;
  readonly onPinch: (before: readonly [Point, Point], after: readonly [Point, Point]) => void;
  readonly onZoom: (at: Point, factor: number) => void;
  /** Whether the first button moves the picture instead of painting. */
  readonly pans: () => boolean;
}

/** A finger that has painted for longer meant it; before, a second finger makes it a pinch. */
const pinchWithinMs = 250;
const zoomPerPixel = 0.0016;

/**
 * Listens to mouse, pen and fingers: one paints, two move and zoom; the middle button moves, the wheel zooms.
 *
 * @returns how to stop listening
 */
export function listenToGestures(element: HTMLElement, events: GestureEvents): () => void {
  const pointers = new Map<number, Point>();
  let doing: 'nothing' | 'painting' | 'panning' | 'pinching' = 'nothing';
  let startedAt = 0;

  const at = ({ clientX, clientY }: MouseEvent): Point => {
    const { left, top } = element.getBoundingClientRect();
    return { xPx: clientX - left, yPx: clientY - top };
  };
  const onDown = (event: PointerEvent): void => {
    if (event.pointerType === 'mouse' && event.button > 1) return;
    event.preventDefault();
    element.focus({ preventScroll: true, focusVisible: false } as FocusOptions);
    element.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at(event));
    if (pointers.size === 2) {
      if (doing === 'painting' && event.timeStamp - startedAt > pinchWithinMs) return;
      if (doing === 'painting') events.onPaintAbandon();
      doing = 'pinching';
      events.onHover(undefined);
    } else if (pointers.size === 1) {
      startedAt = event.timeStamp;
      doing = event.button === 1 || events.pans() ? 'panning' : 'painting';
      if (doing === 'painting') events.onPaintStart(at(event), pressureOf(event));
    }
  };
  const onMove = (event: PointerEvent): void => {
    const before = pointers.get(event.pointerId);
    const now = at(event);
    if (before === undefined) {
      events.onHover(event.pointerType === 'touch' ? undefined : now);
      return;
    }
    if (doing === 'pinching') {
      const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
      if (other) events.onPinch([before, other], [now, other]);
    } else if (doing === 'panning') {
      events.onPan({ xPx: now.xPx - before.xPx, yPx: now.yPx - before.yPx });
    } else if (doing === 'painting' && pointers.keys().next().value === event.pointerId) {
      // A quick hand makes several moves between two pictures.
      for (const each of coalesced(event)) events.onPaint(at(each), pressureOf(each));
      events.onHover(now);
    }
    pointers.set(event.pointerId, now);
  };
  const onUp = (event: PointerEvent): void => {
    if (!pointers.delete(event.pointerId)) return;
    if (doing === 'painting' && pointers.size === 0) events.onPaintEnd();
    // The finger that stays after a pinch does not start to paint.
    if (pointers.size === 0) doing = 'nothing';
  };
  const onLeave = (): void => {
    if (pointers.size === 0) events.onHover(undefined);
  };
  const onWheel = (event: WheelEvent): void => {
    event.preventDefault();
    if (event.shiftKey) {
      events.onPan({ xPx: -(event.deltaX || event.deltaY), yPx: 0 });
      return;
    }
    const lines = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    // A pinch on a touchpad comes as a wheel with Ctrl, in small steps.
    const speed = event.ctrlKey ? 6 : 1;
    const by = Math.min(Math.max(event.deltaY * lines * speed, -240), 240);
    events.onZoom(at(event), Math.exp(-by * zoomPerPixel));
  };

  const stop = new AbortController();
  const options = { signal: stop.signal };
  element.addEventListener('pointerdown', onDown, options);
  element.addEventListener('pointermove', onMove, options);
  element.addEventListener('pointerup', onUp, options);
  element.addEventListener('pointercancel', onUp, options);
  element.addEventListener('pointerleave', onLeave, options);
  // A finger that rests before it paints would open the browser's menu, which ends the stroke.
  element.addEventListener('contextmenu', (event) => event.preventDefault(), options);
  element.addEventListener('wheel', onWheel, { ...options, passive: false });
  return () => stop.abort();
}

function coalesced(event: PointerEvent): readonly PointerEvent[] {
  const all = event.getCoalescedEvents?.() ?? [];
  return all.length > 0 ? all : [event];
}

/** Pens alone say how hard they are pressed; a light touch still paints a third of the size. */
function pressureOf({ pointerType, pressure }: PointerEvent): number {
  return pointerType === 'pen' && pressure > 0 ? 0.33 + 0.67 * pressure : 1;
}
