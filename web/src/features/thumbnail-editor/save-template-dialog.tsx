import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useErrorText } from '../../ui/use-error-text.ts';
import type { Design } from './design.ts';
import { editor } from './editor-store.ts';
import { templateDocument } from './template-file.ts';
import classes from './template-menu.module.css';
import { asOpen, createTemplate } from './templates.ts';

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly design: Design;
  readonly preset: string;
}

export function SaveTemplateDialog({ opened, onClose, design, preset }: Props) {
  const { t } = useLingui();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const [name, setName] = useState('');
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => createTemplate(templateDocument(name.trim(), design, preset)),
    onSuccess: (saved) => {
      editor.setTemplate(asOpen(saved));
      void queries.invalidateQueries({ queryKey: ['templates'] });
      setName('');
      onClose();
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (name.trim() !== '') mutate();
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={<Trans>Save as a new template</Trans>}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      <form className={classes.form} onSubmit={submit}>
        <TextInput
          label={t`Name`}
          placeholder={t`Summer sale`}
          data-autofocus
          maxLength={80}
          value={name}
          error={error ? errorText(error) : undefined}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
        />
        <Button type="submit" loading={isPending} disabled={name.trim() === ''}>
          <Trans>Save</Trans>
        </Button>
      </form>
    </Modal>
  );
}
