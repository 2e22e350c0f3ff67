import { Trans, useLingui } from '@lingui/react/macro';
import { ActionIcon, Button } from '@mantine/core';
import { IconVinyl, IconX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type DragEvent, useRef, useState } from 'react';
import classes from './reference-picker.module.css';
import { acceptedSound } from './sound-files.ts';
import type { Reference } from './tracks-memory.ts';
import { useAudioErrorText } from './use-audio-error-text.ts';

interface Props {
  readonly reference: Reference | undefined;
  /** Whether it stands out from a page over which files are held. */
  readonly raised: boolean;
  readonly onReference: (file: File | undefined) => Promise<void>;
}

/** A recording that sounds as this one should: dropped on the button, or chosen. */
export function ReferencePicker({ reference, raised, onReference }: Props) {
  const { t } = useLingui();
  const errorText = useAudioErrorText();
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const { mutate, isPending, error } = useMutation({ mutationFn: onReference });
  const drop = (event: DragEvent): void => {
    const [file] = event.dataTransfer.files;
    setOver(false);
    if (file === undefined) return;
    // The page would take it for one more recording.
    event.preventDefault();
    mutate(file);
  };
  return (
    <div className={classes.picker} data-raised={raised || undefined}>
      <input
        ref={input}
        type="file"
        accept={acceptedSound}
        hidden
        aria-label={t`Reference recording`}
        onChange={({ currentTarget }) => {
          const [file] = currentTarget.files ?? [];
          if (file) mutate(file);
          currentTarget.value = '';
        }}
      />
      <Button
        className={classes.button}
        variant="default"
        data-over={over || undefined}
        leftSection={<IconVinyl size={18} aria-hidden />}
        loading={isPending}
        onClick={() => input.current?.click()}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {reference ? <Trans>Reference: {reference.name}</Trans> : <Trans>Add a reference</Trans>}
      </Button>
      {reference && (
        <ActionIcon
          aria-label={t`Without a reference`}
          title={t`Without a reference`}
          onClick={() => mutate(undefined)}
        >
          <IconX size={18} stroke={1.7} />
        </ActionIcon>
      )}
      {error && (
        <p className={classes.error} role="alert">
          {errorText(error)}
        </p>
      )}
    </div>
  );
}
