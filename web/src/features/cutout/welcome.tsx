import { Trans, useLingui } from '@lingui/react/macro';
import { Button } from '@mantine/core';
import { IconFolderOpen, IconPhotoPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { meQuery } from '../../api/me.ts';
import { unreachable } from '../../api/problem.ts';
import { Notice } from '../../ui/notice.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { fetchSample, type Sample, samples, sampleUrl } from './samples.ts';
import classes from './welcome.module.css';

interface Props {
  readonly onFiles: (files: readonly File[]) => void;
  readonly onChooseFiles: () => void;
  readonly onChooseFolder: () => void;
}

/** The empty studio: what it does, how to begin, and pictures to begin with. */
export function Welcome({ onFiles, onChooseFiles, onChooseFolder }: Props) {
  const { data: me } = useQuery(meQuery);
  const { t, i18n } = useLingui();
  const errorText = useErrorText();
  const [failed, setFailed] = useState(false);
  const trySample = (sample: Sample): void => {
    setFailed(false);
    fetchSample(sample).then(
      (file) => onFiles([file]),
      () => setFailed(true),
    );
  };

  return (
    <div className={classes.welcome}>
      <div className={classes.words}>
        <h1 className={classes.title}>
          <Trans>Photos in, clean cut-outs out.</Trans>
        </h1>
        <p className={classes.lead}>
          {me?.mode === 'accounts' ? (
            <Trans>
              Take the background off one photo or a thousand, and put in what your shop needs. Everything happens on
              this server: what you bring here is seen in your workspace alone.
            </Trans>
          ) : (
            <Trans>
              Take the background off one photo or a thousand, and put in what your shop needs. Everything happens on
              this machine: what you bring here stays here.
            </Trans>
          )}
        </p>
      </div>
      <section className={classes.drop} aria-label={t`Add photos`}>
        <IconPhotoPlus className={classes.icon} size={44} stroke={1.3} aria-hidden />
        <p className={classes.call}>
          <Trans>Drop photos or a folder here, or paste a picture</Trans>
        </p>
        <div className={classes.buttons}>
          <Button size="md" leftSection={<IconPhotoPlus size={18} aria-hidden />} onClick={onChooseFiles}>
            <Trans>Choose photos</Trans>
          </Button>
          <Button
            size="md"
            variant="default"
            leftSection={<IconFolderOpen size={18} aria-hidden />}
            onClick={onChooseFolder}
          >
            <Trans>Choose a folder</Trans>
          </Button>
        </div>
        <p className={classes.kinds}>JPEG · PNG · WebP · AVIF · HEIC · TIFF · GIF</p>
      </section>
      <section className={classes.samples} aria-labelledby="samples-title">
        <h2 id="samples-title" className={classes.samplesTitle}>
          <Trans>No photo at hand? Try one of these.</Trans>
        </h2>
        {failed && <Notice kind="error">{errorText(unreachable())}</Notice>}
        <ul className={classes.list}>
          {samples.map((sample) => (
            <li key={sample.file}>
              <button type="button" className={classes.sample} onClick={() => trySample(sample)}>
                <img src={sampleUrl(sample)} alt="" width={320} height={320} />
                <span>{i18n._(sample.name)}</span>
              </button>
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}
