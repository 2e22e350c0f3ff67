import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader } from '@mantine/core';
import { IconPlus, IconWebhook } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useMay } from '../../api/use-may.ts';
import { listWebhooks } from '../../api/webhook.ts';
import { Empty } from '../../ui/empty.tsx';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { useErrorText } from '../../ui/use-error-text.ts';
import { CreateDialog } from './create-dialog.tsx';
import { SecretDialog } from './secret-dialog.tsx';
import { WebhookCard } from './webhook-card.tsx';
import classes from './webhooks-page.module.css';

/** Who is told when work ends, and what they were told. */
export function WebhooksPage() {
  const { t } = useLingui();
  const errorText = useErrorText();
  const [creating, setCreating] = useState(false);
  const mayChange = useMay()('webhooks:write');
  const [secret, setSecret] = useState<string>();
  const { data, error, isPending } = useQuery({
    queryKey: ['webhooks'],
    queryFn: ({ signal }) => listWebhooks(signal),
  });
  const add = mayChange && (
    <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={() => setCreating(true)}>
      <Trans>Add an address</Trans>
    </Button>
  );
  return (
    <Page
      title={<Trans>Webhooks</Trans>}
      lead={<Trans>Esteira calls your own programs when work ends.</Trans>}
      actions={data !== undefined && data.items.length > 0 && add}
    >
      {error && <Notice kind="error">{errorText(error)}</Notice>}
      {isPending && <Loader className={classes.loader} role="status" aria-label={t`Loading`} />}
      {data?.items.length === 0 && (
        <Empty icon={IconWebhook} action={add}>
          <Trans>Nobody is told yet. Add the address of a program that should hear when jobs end.</Trans>
        </Empty>
      )}
      <ul className={classes.list}>
        {data?.items.map((webhook) => (
          <li key={webhook.id}>
            <WebhookCard webhook={webhook} onSecret={setSecret} />
          </li>
        ))}
      </ul>
      <CreateDialog opened={creating} onClose={() => setCreating(false)} onCreated={setSecret} />
      <SecretDialog secret={secret} onClose={() => setSecret(undefined)} />
    </Page>
  );
}
