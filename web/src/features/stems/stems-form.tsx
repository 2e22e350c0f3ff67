import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, NativeSelect, SegmentedControl } from '@mantine/core';
import { IconArrowsSplit2 } from '@tabler/icons-react';
import { useState } from 'react';
import { stemName } from './stem-names.ts';
import classes from './stems-form.module.css';
import { type StemFormat, type StemsChoice, stemFormats, stemsOf } from './stems-request.ts';

interface Props {
  readonly pending: boolean;
  readonly onMake: (choice: StemsChoice) => void;
}

/** Which parts, and as what. */
export function StemsForm({ pending, onMake }: Props) {
  const { t, i18n } = useLingui();
  const [mode, setMode] = useState<StemsChoice['mode']>('two');
  const [stems, setStems] = useState(stemsOf('two'));
  const [format, setFormat] = useState<StemFormat>('flac');
  const all = stemsOf(mode);
  const nameOf = (stem: string): string => {
    const name = stemName(stem);
    return typeof name === 'string' ? name : i18n._(name);
  };
  return (
    <section className={classes.form} aria-labelledby="stems-title">
      <div>
        <h2 id="stems-title" className={classes.title}>
          <Trans>Take it apart</Trans>
        </h2>
        <p className={classes.words}>
          <Trans>
            By signal processing, without a trained model: voices become quieter or louder, but something of each part
            stays in the others. All parts together are exactly the recording.
          </Trans>
        </p>
      </div>
      <div className={classes.fields}>
        <div className={classes.field}>
          <span className={classes.label} id="stems-parts">
            <Trans>Parts</Trans>
          </span>
          <SegmentedControl
            aria-labelledby="stems-parts"
            value={mode}
            data={[
              { value: 'two', label: t`Two` },
              { value: 'four', label: t`Four` },
            ]}
            onChange={(value) => {
              const next = value === 'four' ? 'four' : 'two';
              setMode(next);
              setStems(stemsOf(next));
            }}
          />
        </div>
        <NativeSelect
          label={t`Format`}
          value={format}
          data={stemFormats.map((value) => ({ value, label: value.toUpperCase() }))}
          onChange={({ currentTarget }) => setFormat(currentTarget.value as StemFormat)}
        />
      </div>
      <fieldset className={classes.parts}>
        <legend className={classes.label}>
          <Trans>Keep</Trans>
        </legend>
        {all.map((stem) => (
          <Checkbox
            key={stem}
            label={nameOf(stem)}
            checked={stems.includes(stem)}
            onChange={({ currentTarget: { checked } }) =>
              setStems(all.filter((each) => (each === stem ? checked : stems.includes(each))))
            }
          />
        ))}
      </fieldset>
      <Button
        className={classes.make}
        disabled={stems.length === 0}
        loading={pending}
        leftSection={<IconArrowsSplit2 size={18} aria-hidden />}
        onClick={() => onMake({ mode, stems, format })}
      >
        <Trans>Make stems</Trans>
      </Button>
    </section>
  );
}
