import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Skeleton, Tooltip } from '@mantine/core';
import { IconArrowBackUp, IconArrowForwardUp, IconPhotoStar } from '@tabler/icons-react';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { useShortcuts } from '../../app/shortcuts.ts';
import { Page } from '../../ui/page.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { usePresets } from './catalogue.ts';
import { CopyMenu } from './copy-menu.tsx';
import { editor, useEditor } from './editor-store.ts';
import { MakeDialog } from './make-dialog.tsx';
import { AddProducts } from './product-strip.tsx';
import { ownSize } from './request.ts';
import { TemplateMenu } from './template-menu.tsx';
import classes from './thumbnail-editor-page.module.css';
import { useHandover } from './use-handover.ts';
import { Workbench } from './workbench.tsx';

const route = getRouteApi('/thumbnails');

export function ThumbnailEditorPage() {
  const { t } = useLingui();
  const errorText = useErrorText();
  const { preset: wanted } = route.useSearch();
  const navigate = route.useNavigate();
  const presets = usePresets();
  const { history, products, shown, template } = useEditor();
  const [making, setMaking] = useState(false);
  useHandover();
  useShortcuts([
    { key: 'mod+z', label: msg`Undo`, run: editor.undo },
    { key: 'mod+shift+z', label: msg`Do again`, run: editor.redo },
  ]);
  const list = presets.data ?? [];
  const preset = wanted === ownSize || list.some(({ id }) => id === wanted) ? wanted : list[0]?.id;
  const product = products.find(({ assetId }) => assetId === shown) ?? products[0];
  const setPreset = (id: string): void =>
    void navigate({ search: (before) => ({ ...before, preset: id }), replace: true, resetScroll: false });
  useEffect(() => {
    if (wanted === undefined && preset !== undefined) setPreset(preset);
  });

  return (
    <Page
      title={<Trans>Thumbnails</Trans>}
      lead={
        products.length === 0 && (
          <Trans>Your products on any background, ready for every channel, checked against its rules.</Trans>
        )
      }
      actions={
        preset !== undefined && (
          <>
            <Tooltip label={t`Undo`}>
              <ActionIcon
                className={classes.step}
                aria-label={t`Undo`}
                disabled={history.past.length === 0}
                onClick={editor.undo}
              >
                <IconArrowBackUp size={20} stroke={1.7} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label={t`Do again`}>
              <ActionIcon
                className={classes.step}
                aria-label={t`Do again`}
                disabled={history.future.length === 0}
                onClick={editor.redo}
              >
                <IconArrowForwardUp size={20} stroke={1.7} />
              </ActionIcon>
            </Tooltip>
            <TemplateMenu design={history.present} preset={preset} template={template} onPreset={setPreset} />
            {product && <CopyMenu design={history.present} product={product} preset={preset} template={template} />}
            <Button
              disabled={products.length === 0}
              leftSection={<IconPhotoStar size={18} aria-hidden />}
              onClick={() => setMaking(true)}
            >
              <Trans>Make thumbnails</Trans>
            </Button>
          </>
        )
      }
    >
      {presets.isPending && <Skeleton height={480} radius={14} />}
      {presets.error && (
        <div className={classes.empty} role="alert">
          <p>{errorText(presets.error)}</p>
          <Button onClick={() => void presets.refetch()}>
            <Trans>Try again</Trans>
          </Button>
        </div>
      )}
      {preset !== undefined &&
        presets.data &&
        (product === undefined ? (
          <div className={classes.empty}>
            <IconPhotoStar size={44} stroke={1.3} aria-hidden />
            <h2>
              <Trans>Which products?</Trans>
            </h2>
            <p>
              <Trans>Choose photos, or try it with our samples. Nothing is made before you say so.</Trans>
            </p>
            <AddProducts />
          </div>
        ) : (
          <Workbench
            design={history.present}
            products={products}
            product={product}
            presets={list}
            preset={preset}
            onPreset={setPreset}
          />
        ))}
      {preset !== undefined && (
        <MakeDialog
          opened={making}
          onClose={() => setMaking(false)}
          design={history.present}
          products={products}
          presets={list}
          preset={preset}
        />
      )}
    </Page>
  );
}
