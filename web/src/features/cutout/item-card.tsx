import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, Loader, Menu, Progress } from '@mantine/core';
import { IconDots, IconEyeExclamation, IconRefresh, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { isUnsure } from '../../api/confidence.ts';
import { cutoutCurl, jobCurl } from '../../api/curl.ts';
import { BeforeAfter } from '../../ui/before-after.tsx';
import { CopyCurlItem } from '../../ui/copy-curl.tsx';
import { SaveButton } from '../../ui/save-button.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { jobFor, type Look } from './background.ts';
import { FeatureItems } from './feature-items.tsx';
import { isHopeless } from './hopeless.ts';
import classes from './item-card.module.css';
import { type ItemView, photoUrl, type StudioItem } from './studio-item.ts';

interface Props {
  readonly item: StudioItem;
  readonly view: ItemView;
  readonly look: Look;
  readonly onRetry: () => void;
  readonly onRemove: () => void;
}

/** One photo: what it was, what it became, and what can be done with it. */
export function ItemCard({ item, view, look, onRetry, onRemove }: Props) {
  const { t } = useLingui();
  const { name, upload } = item;
  const photo = photoUrl(item);
  const output = view.shown?.outputs[0];
  const ready = view.phase === 'done' && output !== undefined;
  return (
    <article className={classes.card} aria-label={name}>
      <div className={classes.picture}>
        {output !== undefined && view.shown?.processor === 'image.thumbnail' ? (
          // The product stands elsewhere now: a line between the two would cut it in two.
          <img className={classes.photo} src={output.url} alt={t`${name}, on its background`} />
        ) : photo !== undefined && output !== undefined ? (
          <BeforeAfter name={name} before={photo} after={output.url} transparent={output.mediaType === 'image/png'} />
        ) : (
          photo !== undefined && <Photo key={photo} url={photo} />
        )}
        <State view={view} onRetry={onRetry} onRemove={onRemove} />
        {ready && view.job && isUnsure(view.job) && (
          <span className={classes.unsure}>
            <IconEyeExclamation size={16} stroke={1.8} aria-hidden />
            <Trans>Look closely: the subject was hard to find</Trans>
          </span>
        )}
      </div>
      <footer className={classes.foot}>
        <span className={classes.name} title={name}>
          {name}
        </span>
        {ready && <SaveButton output={output} name={name} />}
        <Menu position="bottom-end">
          <Menu.Target>
            <ActionIcon aria-label={t`More for ${name}`} title={t`More`}>
              <IconDots size={20} stroke={1.7} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {upload.state === 'done' && <FeatureItems item={item} asset={upload.asset} quality={look.quality} />}
            {upload.state === 'done' && <CopyCurlItem curl={curlFor(item, look)} />}
            <Menu.Item color="var(--bad)" leftSection={<IconTrash size={16} aria-hidden />} onClick={onRemove}>
              <Trans>Remove</Trans>
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </footer>
    </article>
  );
}

/** The photo as it is; nothing where the browser cannot show its kind. */
function Photo({ url }: { readonly url: string }) {
  const [failed, setFailed] = useState(false);
  return failed ? null : (
    <img className={classes.photo} src={url} alt="" loading="lazy" onError={() => setFailed(true)} />
  );
}

interface StateProps {
  readonly view: ItemView;
  readonly onRetry: () => void;
  readonly onRemove: () => void;
}

function State({ view: { phase, fraction, error }, onRetry, onRemove }: StateProps) {
  const { t } = useLingui();
  const errorText = useErrorText();
  switch (phase) {
    case 'done':
      return null;
    case 'failed':
      return (
        <div className={classes.failed} role="status">
          <p>{error && errorText(error)}</p>
          {error && isHopeless(error) ? (
            <Button size="sm" variant="default" leftSection={<IconTrash size={16} aria-hidden />} onClick={onRemove}>
              <Trans>Remove</Trans>
            </Button>
          ) : (
            <Button size="sm" variant="default" leftSection={<IconRefresh size={16} aria-hidden />} onClick={onRetry}>
              <Trans>Try again</Trans>
            </Button>
          )}
        </div>
      );
    case 'uploading':
      return (
        <div className={classes.state}>
          <span>
            <Trans>Sending</Trans>
          </span>
          <Progress className={classes.bar} value={fraction * 100} size="sm" aria-label={t`Sending`} />
        </div>
      );
    default:
      return (
        <div className={classes.state}>
          <Loader size={16} />
          <span>
            {phase === 'working' ? (
              <Trans>Working</Trans>
            ) : phase === 'queued' ? (
              <Trans>In line</Trans>
            ) : (
              <Trans>Waiting</Trans>
            )}
          </span>
        </div>
      );
  }
}

function curlFor(item: StudioItem, look: Look): string {
  if (item.upload.state !== 'done') return '';
  const job = jobFor(item.upload.asset, look, item.maskId);
  return job.processor === 'image.cutout' && item.maskId === undefined
    ? cutoutCurl(location.origin, item.name, job.params)
    : jobCurl(location.origin, job);
}
