import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconBrush, IconDownload, IconLayoutGrid, IconPhotoStar } from '@tabler/icons-react';

import { LinkButton } from '../../ui/link-button.tsx';
import { Page } from '../../ui/page.tsx';
import classes from './saved-mask.module.css';
import type { Saved } from './use-save-mask.ts';

/** The new cut-out, and what can be done with it. */
export function SavedMask({ saved, onPaintOn }: { readonly saved: Saved; readonly onPaintOn: () => void }) {
  const { t } = useLingui();
  const { job, photoId, maskId, isOfStudio } = saved;
  const url = job.outputs[0]?.url ?? '';
  return (
    <Page
      title={<Trans>Your cut-out is corrected</Trans>}
      lead={<Trans>The painted mask is kept with the photo: thumbnails made from here use it.</Trans>}
      actions={
        <>
          <Button variant="default" leftSection={<IconBrush size={18} aria-hidden />} onClick={onPaintOn}>
            <Trans>Paint on</Trans>
          </Button>
          <Button
            variant="default"
            component="a"
            href={url}
            download="cutout.png"
            leftSection={<IconDownload size={18} aria-hidden />}
          >
            <Trans>Download</Trans>
          </Button>
          {isOfStudio && (
            <LinkButton variant="default" to="/" leftSection={<IconLayoutGrid size={18} aria-hidden />}>
              <Trans>Back to my photos</Trans>
            </LinkButton>
          )}
          <LinkButton
            to="/thumbnails"
            search={{ product: photoId, mask: maskId }}
            leftSection={<IconPhotoStar size={18} aria-hidden />}
          >
            <Trans>Make thumbnails</Trans>
          </LinkButton>
        </>
      }
    >
      <div className={classes.result}>
        <img src={url} alt={t`The product without its background`} />
      </div>
    </Page>
  );
}
