import { useLingui } from '@lingui/react/macro';
import { type CSSProperties, type KeyboardEvent, type PointerEvent, useState } from 'react';
import classes from './before-after.module.css';

interface Props {
  readonly name: string;
  readonly before: string;
  readonly after: string;
  /** Whether the result has transparent parts, so that a checkerboard shows through them. */
  readonly transparent: boolean;
}

const stepPercent = 2;
const leapPercent = 10;

/**
 * Two pictures, one over the other, with a line between them that a mouse, a finger or the arrow keys move.
 */
export function BeforeAfter({ name, before, after, transparent }: Props) {
  const { t } = useLingui();
  const [percent, setPercent] = useState(50);
  const [beforeFailed, setBeforeFailed] = useState(false);
  // A browser that cannot show the photo itself (HEIC) still shows its result.
  if (beforeFailed) {
    return (
      <div className={classes.frame} data-transparent={transparent || undefined}>
        <img className={classes.picture} src={after} alt={t`${name}, cut out`} draggable={false} />
      </div>
    );
  }

  const move = (to: number): void => setPercent(Math.min(100, Math.max(0, Math.round(to))));
  const follow = ({ currentTarget, clientX }: PointerEvent<HTMLElement>): void => {
    const { left, width } = currentTarget.getBoundingClientRect();
    move(((clientX - left) / width) * 100);
  };
  const onPointerDown = (event: PointerEvent<HTMLElement>): void => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    follow(event);
  };
  const onPointerMove = (event: PointerEvent<HTMLElement>): void => {
    if (event.currentTarget.hasPointerCapture(event.pointerId)) follow(event);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const to = targetOf(event.key, percent);
    if (to === undefined) return;
    event.preventDefault();
    move(to);
  };

  return (
    <div
      className={classes.frame}
      data-transparent={transparent || undefined}
      style={{ '--line': `${percent}%` } as CSSProperties}
      role="slider"
      tabIndex={0}
      aria-label={t`Before and after: ${name}`}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={percent}
      aria-valuetext={t`${percent} % before`}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onKeyDown={onKeyDown}
    >
      <img className={classes.picture} src={after} alt="" draggable={false} />
      <img
        className={`${classes.picture} ${classes.before}`}
        src={before}
        alt=""
        draggable={false}
        onError={() => setBeforeFailed(true)}
      />
      <span className={classes.line} aria-hidden>
        <span className={classes.grip} />
      </span>
    </div>
  );
}

function targetOf(key: string, percent: number): number | undefined {
  switch (key) {
    case 'ArrowLeft':
    case 'ArrowDown':
      return percent - stepPercent;
    case 'ArrowRight':
    case 'ArrowUp':
      return percent + stepPercent;
    case 'PageDown':
      return percent - leapPercent;
    case 'PageUp':
      return percent + leapPercent;
    case 'Home':
      return 0;
    case 'End':
      return 100;
    default:
      return undefined;
  }
}
