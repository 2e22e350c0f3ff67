import { msg } from '@lingui/core/macro';
import { Plural, Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconMusicDown, IconMusicPlus } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { type ChangeEvent, useRef } from 'react';
import { useLiveJobs } from '../../api/live-jobs.ts';
import { useShortcuts } from '../../app/shortcuts.ts';
import { Page } from '../../ui/page.tsx';
import { DropHint } from '../cutout/drop-hint.tsx';
import { useIncomingFiles } from '../cutout/use-incoming-files.ts';
import classes from './audio-page.module.css';
import { EarlierTracks } from './earlier-tracks.tsx';
import { GoalPicker } from './goal-picker.tsx';
import { ReferencePicker } from './reference-picker.tsx';
import { acceptedSound, soundKinds, soundsOf } from './sound-files.ts';
import { trackView } from './track.ts';
import { TrackRow } from './track-row.tsx';
import { theTracks, useTracks } from './tracks-store.ts';

/** Recordings in, answers out: which of them are ready, and for what. */
export function AudioPage() {
  const { t } = useLingui();
  const tracks = theTracks(useQueryClient());
  const { tracks: all, goal, reference } = useTracks(tracks);
  const jobs = useLiveJobs(all.flatMap(({ jobId }) => jobId ?? []));
  const input = useRef<HTMLInputElement>(null);
  const choose = (): void => input.current?.click();
  const dragging = useIncomingFiles(tracks.add, soundsOf);
  useShortcuts([{ key: 'o', label: msg`Choose recordings`, run: choose }]);
  const take = ({ currentTarget }: ChangeEvent<HTMLInputElement>): void => {
    tracks.add([...(currentTarget.files ?? [])]);
    // The same file may be chosen again.
    currentTarget.value = '';
  };
  const views = all.map((track) => ({ track, view: trackView(track, jobs) }));
  const settled = views.filter(({ view: { phase } }) => ['done', 'failed', 'cancelled'].includes(phase)).length;
  const empty = all.length === 0;

  return (
    <Page
      title={<Trans>Audio</Trans>}
      lead={
        empty ? (
          <Trans>
            Is the mix ready? Loudness, peaks, balance and stereo, held against where it will be heard. What you bring
            here stays here.
          </Trans>
        ) : (
          <span aria-live="polite">
            <Plural value={all.length} one="# recording" other="# recordings" />
            {settled < all.length && (
              <>
                {' · '}
                <Trans>{settled} analysed</Trans>
              </>
            )}
          </span>
        )
      }
      actions={
        !empty && (
          <Button leftSection={<IconMusicPlus size={18} aria-hidden />} onClick={choose}>
            <Trans>Add recordings</Trans>
          </Button>
        )
      }
    >
      <input
        ref={input}
        type="file"
        multiple
        accept={acceptedSound}
        hidden
        aria-label={t`Recordings`}
        onChange={take}
      />
      <section className={classes.goal} aria-label={t`What they are held against`}>
        <GoalPicker goal={goal} onGoal={tracks.setGoal} />
        <ReferencePicker reference={reference} raised={dragging} onReference={tracks.setReference} />
      </section>
      {empty ? (
        <>
          <section className={classes.drop} aria-label={t`Add recordings`}>
            <IconMusicPlus className={classes.icon} size={44} stroke={1.3} aria-hidden />
            <p className={classes.call}>
              <Trans>Drop one or several recordings here</Trans>
            </p>
            <Button size="md" leftSection={<IconMusicPlus size={18} aria-hidden />} onClick={choose}>
              <Trans>Choose recordings</Trans>
            </Button>
            <p className={classes.kinds}>{soundKinds}</p>
          </section>
          <EarlierTracks />
        </>
      ) : (
        <ul className={classes.list}>
          {views.map(({ track, view }) => (
            <li key={track.id}>
              <TrackRow
                track={track}
                view={view}
                onRetry={() => tracks.retry(track.id, view.job)}
                onCancel={() => view.job && void tracks.cancel(view.job)}
                onRemove={() => tracks.remove(track.id)}
              />
            </li>
          ))}
        </ul>
      )}
      {dragging && <DropHint icon={IconMusicDown} />}
    </Page>
  );
}
