import { msg } from '@lingui/core/macro';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button, Menu, Pagination, Progress } from '@mantine/core';
import { IconChevronDown, IconFolderOpen, IconPhotoPlus, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { useLiveJobs } from '../../api/live-jobs.ts';
import { useShortcuts } from '../../app/shortcuts.ts';
import { Page } from '../../ui/page.tsx';
import { lookKey } from './background.ts';
import { DownloadAll } from './download-all.tsx';
import { isHopeless } from './hopeless.ts';
import { ItemCard } from './item-card.tsx';
import { LookBar } from './look-bar.tsx';
import classes from './studio-bench.module.css';
import { viewOf } from './studio-item.ts';
import type { Studio, StudioState } from './studio-store.ts';

interface Props {
  readonly studio: Studio;
  readonly state: StudioState;
  readonly onChooseFiles: () => void;
  readonly onChooseFolder: () => void;
}

/** Pictures on a page: a thousand large ones at once would be too much for a phone. */
const pageSize = 24;

/** The studio with photos in it. */
export function StudioBench({ studio, state, onChooseFiles, onChooseFolder }: Props) {
  const { t } = useLingui();
  const [page, setPage] = useState(1);
  const { items, look, beforeKey } = state;
  const key = lookKey(look);
  const jobs = useLiveJobs(
    items.flatMap(({ works }) => [works[key]?.jobId ?? [], (beforeKey && works[beforeKey]?.jobId) || []].flat()),
  );
  const views = items.map((item) => ({ item, view: viewOf(item, key, beforeKey, jobs) }));
  const done = views.filter(({ view }) => view.phase === 'done').length;
  const failed = views.filter(({ view }) => view.phase === 'failed').length;
  const share = views.reduce((sum, { view }) => sum + shareOf(view.phase, view.fraction), 0) / views.length;
  const working = done + failed < views.length;
  const pages = Math.ceil(views.length / pageSize);
  const current = Math.min(page, pages);
  const again = views.filter(({ view }) => view.error !== undefined && !isHopeless(view.error));
  const retryFailed = (): void => {
    for (const { item, view } of again) studio.retry(item.id, view.job);
  };
  useShortcuts([{ key: 'r', label: msg`Try what failed again`, run: retryFailed }]);

  return (
    <Page
      title={<Trans>Cut out</Trans>}
      lead={
        <span aria-live="polite">
          <Plural value={items.length} one="# photo" other="# photos" />
          {' · '}
          {working ? (
            <Trans>{done} ready</Trans>
          ) : failed === 0 ? (
            <Trans>all ready</Trans>
          ) : (
            <Trans>{done} ready</Trans>
          )}
          {failed > 0 && (
            <>
              {' · '}
              <Plural value={failed} one="# failed" other="# failed" />
            </>
          )}
        </span>
      }
      actions={
        <>
          <Menu position="bottom-end">
            <Menu.Target>
              <Button
                variant="default"
                leftSection={<IconPhotoPlus size={18} aria-hidden />}
                rightSection={<IconChevronDown size={16} aria-hidden />}
              >
                <Trans>Add</Trans>
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item leftSection={<IconPhotoPlus size={16} aria-hidden />} onClick={onChooseFiles}>
                <Trans>Choose photos</Trans>
              </Menu.Item>
              <Menu.Item leftSection={<IconFolderOpen size={16} aria-hidden />} onClick={onChooseFolder}>
                <Trans>Choose a folder</Trans>
              </Menu.Item>
              <Menu.Divider />
              <Menu.Item color="var(--bad)" leftSection={<IconTrash size={16} aria-hidden />} onClick={studio.clear}>
                <Trans>Remove all</Trans>
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
          <DownloadAll views={views} look={look} />
        </>
      }
    >
      <LookBar look={look} onLook={studio.setLook} failed={again.length} onRetryFailed={retryFailed} />
      <Progress
        className={classes.progress}
        data-idle={!working || undefined}
        value={share * 100}
        size="xs"
        aria-label={t`Progress of all photos`}
      />
      <ul className={classes.grid} data-count={views.length === 1 ? 'one' : undefined}>
        {views.slice((current - 1) * pageSize, current * pageSize).map(({ item, view }) => (
          <li key={item.id}>
            <ItemCard
              item={item}
              view={view}
              look={look}
              onRetry={() => studio.retry(item.id, view.job)}
              onRemove={() => studio.remove(item.id)}
            />
          </li>
        ))}
      </ul>
      {pages > 1 && (
        <Pagination
          className={classes.pages}
          total={pages}
          value={current}
          onChange={setPage}
          getControlProps={(control) => ({ 'aria-label': control === 'next' ? t`Next page` : t`Previous page` })}
        />
      )}
    </Page>
  );
}

/** Sending a file is a small part of the way. */
function shareOf(phase: string, fraction: number): number {
  if (phase === 'done' || phase === 'failed') return 1;
  if (phase === 'uploading') return 0.2 * fraction;
  return phase === 'waiting' ? 0 : 0.2 + 0.8 * fraction;
}
