import { Trans } from '@lingui/react/macro';
import { AnchorField, NumberField } from '../controls.tsx';
import type { Anchor, Offset } from '../design.ts';

interface Props {
  readonly anchor: Anchor;
  readonly offset: Offset;
  readonly onChange: (changes: { readonly anchor: Anchor } | Partial<Offset>) => void;
}

/** Where something is: one of nine places, and how far from it. */
export function PlaceFields({ anchor, offset, onChange }: Props) {
  return (
    <>
      <AnchorField value={anchor} onChange={(next) => onChange({ anchor: next })} />
      <NumberField
        label={<Trans>Move right</Trans>}
        min={-100}
        max={100}
        step={0.5}
        value={offset.offsetXPercent}
        onChange={(offsetXPercent = 0) => onChange({ offsetXPercent })}
      />
      <NumberField
        label={<Trans>Move down</Trans>}
        min={-100}
        max={100}
        step={0.5}
        value={offset.offsetYPercent}
        onChange={(offsetYPercent = 0) => onChange({ offsetYPercent })}
      />
    </>
  );
}
