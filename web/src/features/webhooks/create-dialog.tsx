import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { createWebhook, type WebhookEvent, webhookEvents } from '../../api/webhook.ts';
import form from '../../ui/form.module.css';
import { useErrorText } from '../../ui/use-error-text.ts';
import { eventNames } from './event-names.ts';
import classes from './webhooks-page.module.css';

interface Props {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onCreated: (secret: string) => void;
}

const usual: readonly WebhookEvent[] = ['job.succeeded', 'job.failed', 'batch.finished'];

export function CreateDialog({ opened, onClose, onCreated }: Props) {
  const { t, i18n } = useLingui();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const [url, setUrl] = useState('');
  const [description, setDescription] = useState('');
  const [events, setEvents] = useState<readonly string[]>(usual);
  const chosen = webhookEvents.filter((event) => events.includes(event));
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => createWebhook({ url: url.trim(), events: chosen, description }),
    onSuccess: ({ secret }) => {
      void queries.invalidateQueries({ queryKey: ['webhooks'] });
      setUrl('');
      setDescription('');
      setEvents(usual);
      onClose();
      onCreated(secret);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    mutate();
  };
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={<Trans>Add an address</Trans>}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      <form className={form.form} onSubmit={submit}>
        <TextInput
          label={t`Address`}
          description={t`It gets a POST for each event, signed as Standard Webhooks says.`}
          placeholder="https://shop.example/hooks/esteira"
          type="url"
          inputMode="url"
          data-autofocus
          required
          maxLength={2_000}
          value={url}
          error={error ? errorText(error) : undefined}
          onChange={({ currentTarget }) => setUrl(currentTarget.value)}
        />
        <TextInput
          label={t`What it is for`}
          placeholder={t`Orders of the shop`}
          maxLength={200}
          value={description}
          onChange={({ currentTarget }) => setDescription(currentTarget.value)}
        />
        <Checkbox.Group label={t`It is told when`} value={[...events]} onChange={setEvents}>
          <div className={classes.events}>
            {webhookEvents.map((event) => (
              <Checkbox key={event} value={event} label={i18n._(eventNames[event])} />
            ))}
          </div>
        </Checkbox.Group>
        <Button type="submit" loading={isPending} disabled={url.trim() === '' || chosen.length === 0}>
          <Trans>Add</Trans>
        </Button>
      </form>
    </Modal>
  );
}
