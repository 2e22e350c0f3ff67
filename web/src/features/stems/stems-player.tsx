import { msg } from '@lingui/core/macro';
import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader } from '@mantine/core';
import { IconDownload } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Job } from '../../api/job.ts';
import { useShortcuts } from '../../app/shortcuts.ts';
import { Notice } from '../../ui/notice.tsx';
import { saveOutput } from '../../ui/save-output.ts';
import { useErrorText } from '../../ui/use-error-text.ts';
import { PlayerBar } from '../audio/player/player-bar.tsx';
import { useFrames } from '../audio/player/use-transport.ts';
import { withoutEnding } from '../audio/report.ts';
import { firstSetting, type StemSetting, stemGains } from './stem-gains.ts';
import { stemName } from './stem-names.ts';
import { StemRow } from './stem-row.tsx';
import classes from './stems-player.module.css';
import { useStemsMixer } from './use-stems-mixer.ts';

interface Props {
  readonly job: Job;
  readonly name: string;
  readonly durationSeconds: number;
}

/** All stems are held in memory: so long may they be together. */
const mostSeconds = 60 * 60;
const none: readonly never[] = [];

/** The stems side by side on one clock: each can be muted, heard alone, made quieter, and saved. */
export function StemsPlayer({ job, name, durationSeconds }: Props) {
  const { t, i18n } = useLingui();
  const errorText = useErrorText();
  const rows = useRef<HTMLUListElement>(null);
  const stems = useMemo(
    () =>
      job.outputs.flatMap((output) => {
        const stem = output.data?.['stem'];
        return typeof stem === 'string' ? [{ id: stem, url: output.url, output }] : [];
      }),
    [job.outputs],
  );
  const tooLong = stems.length * durationSeconds > mostSeconds;
  const { loaded, done, error } = useStemsMixer(tooLong ? none : stems);
  const [settings, setSettings] = useState<ReadonlyMap<string, StemSetting>>(new Map());
  /** The one that M and S mean: where the focus was last. */
  const [current, setCurrent] = useState(stems[0]?.id);
  const settingOf = (stem: string): StemSetting => settings.get(stem) ?? firstSetting;
  const change = (stem: string | undefined, changes: (setting: StemSetting) => Partial<StemSetting>): void => {
    if (stem === undefined) return;
    setSettings((before) => {
      const setting = before.get(stem) ?? firstSetting;
      return new Map([...before, [stem, { ...setting, ...changes(setting) }]]);
    });
  };
  const gains = stemGains(new Map(stems.map(({ id }) => [id, settingOf(id)])));
  useEffect(() => {
    for (const [stem, gain] of gains) loaded?.mixer.setGain(stem, gain);
  });
  useShortcuts([
    { key: 'm', label: msg`Mute the stem`, run: () => change(current, ({ muted }) => ({ muted: !muted })) },
    { key: 's', label: msg`Hear the stem alone`, run: () => change(current, ({ solo }) => ({ solo: !solo })) },
  ]);
  useFrames(loaded?.mixer, (seconds) => {
    const length = loaded?.mixer.durationSeconds ?? 0;
    rows.current?.style.setProperty('--at', String(length > 0 ? seconds / length : 0));
  });
  const model = modelOf(job);
  const title = withoutEnding(name);
  const nameOf = (stem: string): string => {
    const known = stemName(stem);
    return typeof known === 'string' ? known : i18n._(known);
  };
  const saveAll = useMutation({
    mutationFn: async () => {
      for (const { id, output } of stems) await saveOutput(output, fileName(title, nameOf(id)));
    },
  });

  return (
    <div className={classes.player}>
      {(error ?? saveAll.error) && (
        <Notice kind="error">
          <Trans>The stems cannot be fetched.</Trans> {errorText(error ?? saveAll.error ?? new Error())}
        </Notice>
      )}
      {tooLong && (
        <Notice kind="info">
          <Trans>This recording is too long to hear its stems side by side here: download them instead.</Trans>
        </Notice>
      )}
      <header className={classes.head}>
        <p className={classes.method}>
          {model === undefined ? <Trans>Made by signal processing.</Trans> : <Trans>Made by the model {model}.</Trans>}
          {sumsUp(job) && (
            <>
              {' '}
              <Trans>Together they are exactly the recording.</Trans>
            </>
          )}
        </p>
        <Button
          variant="default"
          leftSection={<IconDownload size={18} aria-hidden />}
          loading={saveAll.isPending}
          onClick={() => saveAll.mutate()}
        >
          <Trans>Download all</Trans>
        </Button>
      </header>
      <ul ref={rows} className={classes.rows} aria-label={t`Stems`}>
        {stems.map(({ id, output }) => (
          <li key={id} data-current={id === current || undefined} onFocus={() => setCurrent(id)}>
            <StemRow
              name={nameOf(id)}
              fileName={fileName(title, nameOf(id))}
              output={output}
              setting={settingOf(id)}
              silent={gains.get(id) === 0}
              peaks={loaded?.peaks.get(id)}
              transport={loaded?.mixer}
              onChange={(changes) => change(id, () => changes)}
            />
          </li>
        ))}
      </ul>
      {loaded === undefined && !tooLong && !error && (
        <p className={classes.loading} role="status">
          <Loader size={16} />
          <Trans>
            Fetching the stems, {done} of {stems.length}
          </Trans>
        </p>
      )}
      {!tooLong && !error && <PlayerBar transport={loaded?.mixer} />}
    </div>
  );
}

/** Nothing is left out, and nothing was lost in packing. */
function sumsUp({ params, outputs }: Job): boolean {
  return (params['stems'] ?? 'all') === 'all' && outputs.every(({ mediaType }) => mediaType !== 'audio/mpeg');
}

/** The network that made them; undefined for signal processing. */
function modelOf({ outputs }: Job): string | undefined {
  const model = outputs[0]?.data?.['model'];
  return typeof model === 'string' && model !== 'signal-processing' ? model : undefined;
}

function fileName(title: string, stem: string): string {
  return `${title} (${stem})`;
}
