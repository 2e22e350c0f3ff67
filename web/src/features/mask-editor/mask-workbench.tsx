import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Tooltip } from '@mantine/core';
import {
  IconArrowBackUp,
  IconArrowForwardUp,
  IconMinus,
  IconPlus,
  IconRestore,
  IconZoomScan,
} from '@tabler/icons-react';
import { useBlocker } from '@tanstack/react-router';
import { useId, useRef, useState, useSyncExternalStore } from 'react';
import { useShortcuts } from '../../app/shortcuts.ts';
import { Page } from '../../ui/page.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { stepRadius } from './brush.ts';
import { BrushPanel } from './brush-panel.tsx';
import type { MaskPictures } from './mask-pictures.ts';
import { MaskStage } from './mask-stage.tsx';
import classes from './mask-workbench.module.css';
import { SavedMask } from './saved-mask.tsx';
import type { StageSettings, StageView } from './stage-view.ts';
import { useSaveMask } from './use-save-mask.ts';

const zoomStep = 1.25;

/** Everything around the picture that is being painted. */
export function MaskWorkbench({ pictures }: { readonly pictures: MaskPictures }) {
  const { t } = useLingui();
  const errorText = useErrorText();
  const helpId = useId();
  const stage = useRef<StageView>(null);
  const { painting } = pictures;
  const { canUndo, canRedo, changed } = useSyncExternalStore(painting.subscribe, painting.state);
  const [zoomPercent, setZoomPercent] = useState(100);
  const [settings, setSettings] = useState<StageSettings>(() => ({
    brush: { mode: 'erase', radiusPx: startRadius(pictures), hardness: 0.8, opacity: 1 },
    view: 'dimmed',
    pans: false,
  }));
  const { brush } = settings;
  const { save, saving, saved, error, dismiss } = useSaveMask(painting);
  useLeaveGuard(changed && !saving);

  const setBrush = (changes: Partial<typeof brush>): void =>
    setSettings({ ...settings, pans: false, brush: { ...brush, ...changes } });
  useShortcuts([
    { key: 'e', label: msg`Erase`, run: () => setBrush({ mode: 'erase' }) },
    { key: 'r', label: msg`Restore`, run: () => setBrush({ mode: 'restore' }) },
    { key: 'h', label: msg`Move the picture`, run: () => setSettings({ ...settings, pans: !settings.pans }) },
    { key: '[', label: msg`Smaller brush`, run: () => setBrush({ radiusPx: stepRadius(brush.radiusPx, -1) }) },
    { key: ']', label: msg`Larger brush`, run: () => setBrush({ radiusPx: stepRadius(brush.radiusPx, 1) }) },
    { key: 'mod+z', label: msg`Undo`, run: () => painting.undo() },
    { key: 'mod+shift+z', label: msg`Do again`, run: () => painting.redo() },
    { key: '+', label: msg`Zoom in`, run: () => stage.current?.zoomBy(zoomStep) },
    { key: '-', label: msg`Zoom out`, run: () => stage.current?.zoomBy(1 / zoomStep) },
    { key: '0', label: msg`Show the whole picture`, run: () => stage.current?.fit() },
    { key: 'mod+s', label: msg`Save`, run: () => void save() },
  ]);

  if (saved) return <SavedMask saved={saved} onPaintOn={dismiss} />;
  return (
    <Page
      title={<Trans>Correct the cut-out</Trans>}
      actions={
        <>
          <Button variant="default" onClick={() => history.back()}>
            <Trans>Back</Trans>
          </Button>
          <Button loading={saving} onClick={() => void save()}>
            <Trans>Save</Trans>
          </Button>
        </>
      }
    >
      {error && (
        <p className={classes.error} role="alert">
          {errorText(error)}
        </p>
      )}
      <div className={classes.bench}>
        <div className={classes.frame}>
          <MaskStage stage={stage} pictures={pictures} describedBy={helpId} onZoom={setZoomPercent} {...settings} />
          <div className={classes.tools} role="toolbar" aria-label={t`Undo and zoom`}>
            <Tool label={t`Undo`} icon={IconArrowBackUp} disabled={!canUndo} onClick={() => painting.undo()} />
            <Tool label={t`Do again`} icon={IconArrowForwardUp} disabled={!canRedo} onClick={() => painting.redo()} />
            <Tool label={t`Start over`} icon={IconRestore} disabled={!changed} onClick={() => painting.reset()} />
            <span className={classes.gap} />
            <Tool label={t`Zoom out`} icon={IconMinus} onClick={() => stage.current?.zoomBy(1 / zoomStep)} />
            <output className={classes.zoom} aria-label={t`Zoom`}>
              {zoomPercent} %
            </output>
            <Tool label={t`Zoom in`} icon={IconPlus} onClick={() => stage.current?.zoomBy(zoomStep)} />
            <Tool label={t`Show the whole picture`} icon={IconZoomScan} onClick={() => stage.current?.fit()} />
          </div>
        </div>
        <div className={classes.panel}>
          <BrushPanel settings={settings} onChange={setSettings} />
          <p className={classes.help} id={helpId}>
            <Trans>
              Paint with the mouse, a pen or a finger; two fingers or the wheel zoom. With the keyboard: arrows move the
              brush, space paints, Alt and arrows move the picture.
            </Trans>
          </p>
        </div>
      </div>
    </Page>
  );
}

interface ToolProps {
  readonly label: string;
  readonly icon: typeof IconPlus;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}

function Tool({ label, icon: Icon, disabled = false, onClick }: ToolProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon aria-label={label} disabled={disabled} onClick={onClick}>
        <Icon size={20} stroke={1.7} />
      </ActionIcon>
    </Tooltip>
  );
}

/** A good brush for details: a fortieth of the picture's shorter side. */
function startRadius({ painting: { raster } }: MaskPictures): number {
  return Math.max(2, Math.round(Math.min(raster.widthPx, raster.heightPx) / 40));
}

/** What was painted is not lost by a wrong click. */
function useLeaveGuard(active: boolean): void {
  const { t } = useLingui();
  const question = t`Leave without saving what you painted?`;
  useBlocker({
    shouldBlockFn: () => active && !confirm(question),
    enableBeforeUnload: () => active,
    disabled: !active,
  });
}
