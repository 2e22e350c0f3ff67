import { Trans, useLingui } from '@lingui/react/macro';
import type { Preset } from '../catalogue.ts';
import { ChoiceField, NumberField, Section } from '../controls.tsx';
import type { Design, OutputLook } from '../design.ts';

interface Props {
  readonly output: OutputLook;
  readonly canvas: Design['canvas'];
  readonly preset: Preset | undefined;
  readonly onChange: (changes: Pick<Partial<Design>, 'output' | 'canvas'>, subject?: string) => void;
}

const formats = ['jpeg', 'png', 'webp', 'avif'] as const;
const formatNames = { jpeg: 'JPEG', png: 'PNG', webp: 'WebP', avif: 'AVIF' } as const;

export function FilePanel({ output, canvas, preset, onChange }: Props) {
  const { t } = useLingui();
  const asPreset = formatNames[(preset?.format ?? 'jpeg') as keyof typeof formatNames];
  const setFormat = (format: string): void => {
    const { format: _before, ...others } = output;
    const known = formats.find((each) => each === format);
    onChange({ output: known ? { ...others, format: known } : others });
  };
  return (
    <>
      {preset === undefined && (
        <Section title={<Trans>Size of the picture</Trans>}>
          <NumberField
            label={<Trans>Width</Trans>}
            unit="px"
            min={16}
            max={5_000}
            value={canvas.widthPx}
            onChange={(widthPx = 1_200) => onChange({ canvas: { ...canvas, widthPx } }, 'canvas.width')}
          />
          <NumberField
            label={<Trans>Height</Trans>}
            unit="px"
            min={16}
            max={5_000}
            value={canvas.heightPx}
            onChange={(heightPx = 1_200) => onChange({ canvas: { ...canvas, heightPx } }, 'canvas.height')}
          />
        </Section>
      )}
      <Section>
        <ChoiceField
          label={t`File format`}
          value={output.format ?? ''}
          options={[
            { value: '', label: preset ? t`Of the channel (${asPreset})` : asPreset },
            ...formats.map((format) => ({ value: format as string, label: formatNames[format] })),
          ]}
          onChange={setFormat}
        />
        <NumberField
          label={<Trans>Quality</Trans>}
          unit=""
          min={1}
          max={100}
          value={output.compression}
          onChange={(compression = 90) => onChange({ output: { ...output, compression } }, 'output.compression')}
        />
      </Section>
    </>
  );
}
