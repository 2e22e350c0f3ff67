import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader } from '@mantine/core';
import { type CSSProperties, type KeyboardEvent, type PointerEvent, useRef, useState } from 'react';
import { useErrorText } from '../../ui/use-error-text.ts';
import type { ProductLook } from './design.ts';
import { type Ghost, placeGhost } from './placement.ts';
import classes from './preview-canvas.module.css';
import type { Preview } from './use-preview.ts';

interface Props {
  readonly preview: Preview;
  readonly canvas: { readonly widthPx: number; readonly heightPx: number };
  /** What the picture shows, for those who do not see it. */
  readonly description: string;
  readonly ghost: Ghost | undefined;
  readonly look: ProductLook;
  /** The preset's, for a product that says none. */
  readonly marginPercent: number;
  readonly transparent: boolean;
  /** What dragging and the arrows move. */
  readonly moves: string;
  /** Whether that is the product: it has a frame, the others are the whole sheet. */
  readonly movesProduct: boolean;
  /** @param by in per cent of the canvas's width and height */
  readonly onMove: (by: { readonly xPercent: number; readonly yPercent: number }) => void;
}

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};
const stepPercent = 0.5;
const leapPercent = 5;

/** The finished picture as the server made it, and on it a frame that moves the product. */
export function PreviewCanvas(props: Props) {
  const { t } = useLingui();
  const errorText = useErrorText();
  const { preview, canvas, description, ghost, look, marginPercent, transparent, moves, movesProduct, onMove } = props;
  const { output, isCurrent, error } = preview;
  const sheet = useRef<HTMLDivElement>(null);
  const last = useRef<readonly [number, number]>(undefined);
  const [dragging, setDragging] = useState(false);
  const place = ghost && movesProduct ? placeGhost(ghost, look, canvas, marginPercent) : undefined;
  // What was moved shows at once; the server's picture follows.
  const showsGhost = place !== undefined && !isCurrent && error === null && dragging;

  const onPointerDown = (event: PointerEvent<HTMLButtonElement>): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    last.current = [event.clientX, event.clientY];
    setDragging(true);
  };
  const onPointerMove = ({ clientX, clientY }: PointerEvent): void => {
    const box = sheet.current?.getBoundingClientRect();
    if (!last.current || !box) return;
    const [x, y] = last.current;
    last.current = [clientX, clientY];
    onMove({ xPercent: ((clientX - x) / box.width) * 100, yPercent: ((clientY - y) / box.height) * 100 });
  };
  const onPointerUp = (): void => {
    last.current = undefined;
    setDragging(false);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const direction = arrows[event.key];
    if (!direction) return;
    event.preventDefault();
    const percent = event.shiftKey ? leapPercent : stepPercent;
    onMove({ xPercent: direction[0] * percent, yPercent: direction[1] * percent });
  };

  return (
    <div className={classes.frame}>
      <div
        ref={sheet}
        className={classes.sheet}
        style={{ '--ratio': canvas.widthPx / canvas.heightPx } as CSSProperties}
        data-transparent={transparent || undefined}
        data-waiting={(!isCurrent && error === null) || undefined}
      >
        {output && (
          <img
            className={classes.picture}
            data-faded={showsGhost || undefined}
            src={output.url}
            alt={description}
            draggable={false}
          />
        )}
        {showsGhost && (
          <img
            className={classes.ghost}
            src={ghost?.url}
            alt=""
            draggable={false}
            style={{
              left: `${place.centreX * 100}%`,
              top: `${place.centreY * 100}%`,
              width: `${place.width * 100}%`,
              transform: `translate(-50%, -50%) rotate(${look.rotateDegrees}deg) scaleX(${look.mirror ? -1 : 1})`,
            }}
          />
        )}
        {output && (
          <button
            type="button"
            className={classes.handle}
            aria-label={t`Move ${moves}: drag it, or use the arrow keys`}
            title={t`Drag, or use the arrow keys`}
            style={
              place && {
                left: `${place.frame.left * 100}%`,
                top: `${place.frame.top * 100}%`,
                width: `${place.frame.width * 100}%`,
                height: `${place.frame.height * 100}%`,
              }
            }
            data-dragging={dragging || undefined}
            onPointerDown={onPointerDown}
            onPointerMove={onPointerMove}
            onPointerUp={onPointerUp}
            onPointerCancel={onPointerUp}
            onKeyDown={onKeyDown}
          />
        )}
        {!isCurrent && error === null && (
          <span className={classes.busy} role="status">
            <Loader size={14} aria-hidden />
            <Trans>Drawing</Trans>
          </span>
        )}
      </div>
      {error && (
        <div className={classes.error} role="alert">
          <span>{errorText(error)}</span>
          <Button size="compact-sm" variant="default" onClick={preview.retry}>
            <Trans>Try again</Trans>
          </Button>
        </div>
      )}
    </div>
  );
}
