import { Trans, useLingui } from '@lingui/react/macro';
import { NativeSelect } from '@mantine/core';
import type { Analysis } from '../../api/audio.ts';
import { Figure } from './charts/figure.tsx';
import { FiguresTable } from './charts/figures-table.tsx';
import classes from './compare-figure.module.css';
import { clockText, differenceText, figureText, keyText, levelText } from './figures.ts';
import { bandNames } from './names.ts';
import type { OpenTrack } from './open-track.ts';
import { type Other, useOtherTracks, withReference } from './use-other.ts';

interface Props {
  readonly track: OpenTrack;
  readonly other: Other | undefined;
  /** As the address says it. */
  readonly wanted: string | undefined;
  readonly onWanted: (wanted: string | undefined) => void;
}

/** This recording beside another: a reference, or an earlier version of the same mix. */
export function CompareFigure({ track, other, wanted, onWanted }: Props) {
  const { t } = useLingui();
  const tracks = useOtherTracks(track.assetId);
  const options = [
    { value: '', label: t`Nothing` },
    ...(track.referenceId === undefined ? [] : [{ value: withReference, label: t`The reference` }]),
    ...tracks.map(({ jobId, name }) => ({ value: jobId, label: name })),
  ];
  return (
    <Figure
      title={<Trans>Compare</Trans>}
      lead={
        <Trans>With a reference or another version of the mix: in numbers here, and by ear with X in the player.</Trans>
      }
    >
      <NativeSelect
        className={classes.picker}
        label={t`Hold against`}
        value={options.some(({ value }) => value === wanted) ? wanted : ''}
        data={options}
        onChange={({ currentTarget }) => onWanted(currentTarget.value === '' ? undefined : currentTarget.value)}
      />
      {other?.analysis && <Versions one={track.analysis} other={other.analysis} name={other.name ?? ''} />}
      {other !== undefined && other.analysis === undefined && <WithReference analysis={track.analysis} />}
    </Figure>
  );
}

function Versions({ one, other, name }: { readonly one: Analysis; readonly other: Analysis; readonly name: string }) {
  const { t, i18n } = useLingui();
  const { locale } = i18n;
  const row = (title: string, of: (analysis: Analysis) => number | null | undefined, unit: string, level = false) => {
    const [mine, its] = [of(one) ?? null, of(other) ?? null];
    const text = (value: number | null): string =>
      level ? levelText(value, unit, locale) : figureText(value, unit, locale);
    const difference = mine === null || its === null ? null : mine - its;
    return [title, text(mine), text(its), differenceText(difference, unit, locale)];
  };
  return (
    <FiguresTable
      caption={t`This recording and ${name}`}
      head={['', t`This one`, t`The other`, t`Difference`]}
      rows={[
        row(t`Loudness`, ({ loudness }) => loudness.integratedLufs, 'LUFS', true),
        row(t`Loudest three seconds`, ({ loudness }) => loudness.maxShortTermLufs, 'LUFS', true),
        row(t`True peak`, ({ loudness }) => loudness.truePeakDbtp, 'dBTP', true),
        row(t`Loudness range`, ({ loudness }) => loudness.rangeLu, 'LU'),
        row(t`Peak to loudness`, ({ loudness }) => loudness.plrDb, 'dB'),
        row(t`Dynamic range (DR)`, ({ dynamics }) => dynamics.dynamicRangeDb, 'dB'),
        row(t`Width`, ({ stereo }) => stereo?.widthPercent, '%'),
        row(t`In mono`, ({ stereo }) => stereo?.monoCompatibilityDb, 'dB'),
        row(t`Slope`, ({ spectrum }) => spectrum.tiltDbPerOctave, 'dB'),
        row(t`Tempo`, ({ rhythm }) => rhythm.tempoBpm, 'BPM'),
        [t`Key`, keyText(one.tonality.key, locale), keyText(other.tonality.key, locale), ''],
        [t`Length`, clockText(one.durationSeconds), clockText(other.durationSeconds), ''],
      ]}
    />
  );
}

function WithReference({ analysis }: { readonly analysis: Analysis }) {
  const { t, i18n } = useLingui();
  const { locale } = i18n;
  const { comparison, loudness } = analysis;
  if (comparison === undefined) return null;
  const { reference } = comparison;
  return (
    <>
      <FiguresTable
        caption={t`This recording and the reference`}
        head={['', t`This one`, t`The reference`, t`Difference`]}
        rows={[
          [
            t`Loudness`,
            levelText(loudness.integratedLufs, 'LUFS', locale),
            levelText(reference.integratedLufs, 'LUFS', locale),
            differenceText(comparison.loudnessDb, 'LU', locale),
          ],
          [
            t`Loudness range`,
            figureText(loudness.rangeLu, 'LU', locale),
            figureText(reference.rangeLu, 'LU', locale),
            differenceText(comparison.rangeLu, 'LU', locale),
          ],
          [
            t`True peak`,
            levelText(loudness.truePeakDbtp, 'dBTP', locale),
            levelText(reference.truePeakDbtp, 'dBTP', locale),
            '',
          ],
        ]}
      />
      <FiguresTable
        caption={t`Differences by band, at equal loudness`}
        head={[t`Band, equally loud`, t`Level`, t`Width`]}
        rows={comparison.bands.map(({ name, levelDb, widthPercent }) => [
          i18n._(bandNames[name]),
          differenceText(levelDb, 'dB', locale),
          differenceText(widthPercent, '%', locale),
        ])}
      />
    </>
  );
}
