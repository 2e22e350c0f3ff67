import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button, SegmentedControl } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import type { CSSProperties } from 'react';
import { ColourField, NumberField, Section } from '../controls.tsx';
import { type Background, type BackgroundKind, type GradientStop, newBackground } from '../design.ts';
import { useBackgroundNames } from '../names.ts';
import { PictureField } from '../picture-field.tsx';
import classes from './background-panel.module.css';

interface Props {
  readonly background: Background;
  readonly onChange: (background: Background, subject?: string) => void;
}

const kinds: readonly BackgroundKind[] = ['preset', 'colour', 'gradient', 'image', 'original', 'transparent'];
const maxStops = 8;

export function BackgroundPanel({ background, onChange }: Props) {
  const { t } = useLingui();
  const names = useBackgroundNames();
  return (
    <>
      <Section>
        {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is no grid in every browser */}
        <div className={classes.kinds} role="group" aria-label={t`Background`}>
          {kinds.map((kind) => (
            <button
              key={kind}
              type="button"
              className={classes.kind}
              aria-pressed={kind === background.kind}
              onClick={() => kind !== background.kind && onChange(newBackground(kind))}
            >
              <span className={classes.sample} data-kind={kind} aria-hidden />
              {names[kind]}
            </button>
          ))}
        </div>
      </Section>
      <Options background={background} onChange={onChange} />
    </>
  );
}

function Options({ background, onChange }: Props) {
  const { t } = useLingui();
  switch (background.kind) {
    case 'colour':
      return (
        <Section>
          <ColourField
            label={t`Colour`}
            value={background.colour}
            onChange={(colour) => onChange({ ...background, colour }, 'background.colour')}
          />
        </Section>
      );
    case 'gradient':
      return <GradientOptions background={background} onChange={onChange} />;
    case 'image':
      return (
        <Section>
          <PictureField
            label={t`Background picture`}
            picture={background.picture}
            onChange={(picture) => onChange({ ...background, picture })}
          />
          <SegmentedControl
            fullWidth
            aria-label={t`How the picture fits`}
            value={background.fit}
            onChange={(fit) => onChange({ ...background, fit: fit as typeof background.fit })}
            data={[
              { value: 'cover', label: t`Fill` },
              { value: 'contain', label: t`Whole` },
              { value: 'tile', label: t`Repeat` },
            ]}
          />
          <NumberField
            label={<Trans>Blur</Trans>}
            min={0}
            max={20}
            step={0.5}
            value={background.blurPercent}
            onChange={(blurPercent = 0) => onChange({ ...background, blurPercent }, 'background.blur')}
          />
          {background.fit === 'contain' && (
            <ColourField
              label={t`Colour beside it`}
              value={background.colour}
              onChange={(colour) => onChange({ ...background, colour }, 'background.colour')}
            />
          )}
        </Section>
      );
    case 'original':
      return (
        <Section>
          <NumberField
            label={<Trans>Blur</Trans>}
            min={0}
            max={20}
            step={0.5}
            value={background.blurPercent}
            onChange={(blurPercent = 0) => onChange({ ...background, blurPercent }, 'background.blur')}
          />
        </Section>
      );
    default:
      return null;
  }
}

interface GradientProps {
  readonly background: Extract<Background, { kind: 'gradient' }>;
  readonly onChange: Props['onChange'];
}

function GradientOptions({ background, onChange }: GradientProps) {
  const { t } = useLingui();
  const { shape, angleDegrees, stops } = background;
  const setStops = (next: readonly GradientStop[], subject?: string): void =>
    onChange({ ...background, stops: [...next].sort((a, b) => a.atPercent - b.atPercent) }, subject);
  const setStop = (at: number, changes: Partial<GradientStop>, subject: string): void =>
    // Sorted only when it is let go, so that a stop may be dragged past another: its place is held between neighbours.
    onChange(
      { ...background, stops: stops.map((stop, each) => (each === at ? { ...stop, ...changes } : stop)) },
      subject,
    );
  const css = stops.map(({ colour, atPercent }) => `${colour} ${atPercent}%`).join(', ');
  return (
    <Section>
      <div className={classes.gradient} style={{ '--gradient': `linear-gradient(90deg, ${css})` } as CSSProperties} />
      <SegmentedControl
        fullWidth
        aria-label={t`Shape of the gradient`}
        value={shape}
        onChange={(value) => onChange({ ...background, shape: value as typeof shape })}
        data={[
          { value: 'linear', label: t`Straight` },
          { value: 'radial', label: t`Round` },
        ]}
      />
      {shape === 'linear' && (
        <NumberField
          label={<Trans>Direction</Trans>}
          unit="°"
          min={0}
          max={360}
          step={5}
          value={angleDegrees}
          onChange={(degrees = 180) => onChange({ ...background, angleDegrees: degrees }, 'background.angle')}
        />
      )}
      {stops.map((stop, at) => {
        const least = stops[at - 1]?.atPercent ?? 0;
        const most = stops[at + 1]?.atPercent ?? 100;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: stops have no identity but their order
          <div key={at} className={classes.stop}>
            <ColourField
              label={t`Colour ${at + 1}`}
              value={stop.colour}
              onChange={(colour) => setStop(at, { colour }, `background.stop.${at}.colour`)}
            />
            <NumberField
              label={<Trans>At</Trans>}
              min={0}
              max={100}
              value={stop.atPercent}
              onChange={(percent = 0) =>
                setStop(at, { atPercent: Math.min(Math.max(percent, least), most) }, `background.stop.${at}.at`)
              }
            />
            {stops.length > 2 && (
              <ActionIcon
                aria-label={t`Remove colour ${at + 1}`}
                title={t`Remove`}
                onClick={() => setStops(stops.filter((_, each) => each !== at))}
              >
                <IconX size={18} stroke={1.7} />
              </ActionIcon>
            )}
          </div>
        );
      })}
      {stops.length < maxStops && (
        <Button
          variant="default"
          size="sm"
          leftSection={<IconPlus size={16} aria-hidden />}
          onClick={() => setStops([...stops, { colour: '#c9dcf2', atPercent: 50 }])}
        >
          <Trans>Add a colour</Trans>
        </Button>
      )}
    </Section>
  );
}
