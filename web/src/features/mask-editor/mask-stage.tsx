import { useLingui } from '@lingui/react/macro';
import { type RefObject, useEffect, useEffectEvent, useRef } from 'react';
import type { MaskPictures } from './mask-pictures.ts';
import classes from './mask-stage.module.css';
import { type StageSettings, StageView } from './stage-view.ts';

interface Props extends StageSettings {
  readonly stage: RefObject<StageView | null>;
  readonly pictures: MaskPictures;
  /** Id of the text that explains the keys. */
  readonly describedBy: string;
  /** @param percent of the picture's own size */
  readonly onZoom: (percent: number) => void;
}

/** The place of the picture in the page. */
export function MaskStage({ stage, pictures, describedBy, onZoom, brush, view, pans }: Props) {
  const { t } = useLingui();
  const frameRef = useRef<HTMLDivElement>(null);
  const canvasRef = useRef<HTMLCanvasElement>(null);
  const zoom = useEffectEvent(onZoom);
  const settings = useEffectEvent(() => ({ brush, view, pans }));

  useEffect(() => {
    const [frame, canvas] = [frameRef.current, canvasRef.current];
    if (!frame || !canvas) return;
    const opened = new StageView(frame, canvas, pictures, settings(), (percent) => zoom(percent));
    stage.current = opened;
    return () => {
      stage.current = null;
      opened.close();
    };
  }, [pictures, stage]);

  useEffect(() => stage.current?.set({ brush, view, pans }), [stage, brush, view, pans]);

  return (
    <div
      ref={frameRef}
      className={classes.stage}
      data-pans={pans || undefined}
      role="application"
      aria-label={t`Photo with its mask`}
      aria-describedby={describedBy}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: the arrows and the space bar paint here
      tabIndex={0}
      onKeyDown={(event) => {
        if (stage.current?.keyDown(event)) event.preventDefault();
      }}
      onKeyUp={(event) => stage.current?.keyUp(event)}
      onBlur={() => stage.current?.blur()}
    >
      <canvas ref={canvasRef} className={classes.canvas} />
    </div>
  );
}
