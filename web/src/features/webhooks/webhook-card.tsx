import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Menu } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../api/use-may.ts';
import { removeWebhook, rotateSecret, setWebhookActive, testWebhook, type Webhook } from '../../api/webhook.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { Notice } from '../../ui/notice.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { DeliveryLog } from './delivery-log.tsx';
import { eventNames } from './event-names.ts';
import classes from './webhooks-page.module.css';

interface Props {
  readonly webhook: Webhook;
  readonly onSecret: (secret: string) => void;
}

export function WebhookCard({ webhook, onSecret }: Props) {
  const { t, i18n } = useLingui();
  const errorText = useErrorText();
  const queries = useQueryClient();
  const mayChange = useMay()('webhooks:write');
  const [logOpen, setLogOpen] = useState(false);
  const [removing, setRemoving] = useState(false);
  const { id, url, description, active, events } = webhook;
  const refresh = () => queries.invalidateQueries({ queryKey: ['webhooks'] });
  const test = useMutation({
    mutationFn: () => testWebhook(id),
    onSuccess: () => {
      setLogOpen(true);
      void queries.invalidateQueries({ queryKey: ['deliveries', id] });
    },
    onError: refresh,
  });
  const turn = useMutation({ mutationFn: () => setWebhookActive({ id, active: !active }), onSettled: refresh });
  const rotate = useMutation({ mutationFn: () => rotateSecret(id), onSuccess: ({ secret }) => onSecret(secret) });
  const remove = useMutation({ mutationFn: () => removeWebhook(id), onSettled: refresh });
  const error = test.error ?? turn.error ?? rotate.error;
  return (
    <article className={classes.card} aria-label={url}>
      <header className={classes.head}>
        <div className={classes.what}>
          <h2 className={classes.url}>{url}</h2>
          {description !== null && <p className={classes.words}>{description}</p>}
          <p className={classes.words}>{events.map((event) => i18n._(eventNames[event])).join(' · ')}</p>
        </div>
        {mayChange && (
          <div className={classes.actions}>
            {active ? (
              <Button variant="default" size="sm" loading={test.isPending} onClick={() => test.mutate()}>
                <Trans>Send a test</Trans>
              </Button>
            ) : (
              <Button size="sm" loading={turn.isPending} onClick={() => turn.mutate()}>
                <Trans>Switch on</Trans>
              </Button>
            )}
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="default" size="sm" aria-label={t`More for ${url}`}>
                  <IconDots size={16} aria-hidden />
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {active && (
                  <Menu.Item onClick={() => turn.mutate()}>
                    <Trans>Switch off</Trans>
                  </Menu.Item>
                )}
                <Menu.Item onClick={() => rotate.mutate()}>
                  <Trans>Make a new secret</Trans>
                </Menu.Item>
                <Menu.Item onClick={() => setRemoving(true)}>
                  <Trans>Remove</Trans>
                </Menu.Item>
              </Menu.Dropdown>
            </Menu>
          </div>
        )}
      </header>
      {!active && (
        <Notice kind={webhook.disabledReason === null ? 'info' : 'warning'}>
          {webhook.disabledReason === 'gone' ? (
            <Trans>Switched off: the address answered that it is gone for good (410).</Trans>
          ) : webhook.disabledReason === 'failing' ? (
            <Trans>Switched off: for five days nothing has reached it. Mend the program, then switch it on.</Trans>
          ) : (
            <Trans>Switched off. What ends meanwhile is not told.</Trans>
          )}
        </Notice>
      )}
      {error && <Notice kind="error">{errorText(error)}</Notice>}
      <Button
        className={classes.toggle}
        variant="subtle"
        size="sm"
        aria-expanded={logOpen}
        onClick={() => setLogOpen(!logOpen)}
      >
        {logOpen ? <Trans>Hide what was sent</Trans> : <Trans>Show what was sent</Trans>}
      </Button>
      {logOpen && <DeliveryLog webhookId={id} canReplay={active && mayChange} />}
      <ConfirmDialog
        opened={removing}
        onClose={() => setRemoving(false)}
        title={<Trans>Remove this address?</Trans>}
        confirm={<Trans>Remove</Trans>}
        loading={remove.isPending}
        error={remove.error ? errorText(remove.error) : undefined}
        onConfirm={() => remove.mutate()}
      >
        <Trans>It is told nothing more, and what was sent to it is forgotten.</Trans>
      </ConfirmDialog>
    </article>
  );
}
