import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Checkbox, TextInput } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { verifySecondFactor } from '../../api/auth.ts';
import { fieldsOf } from '../../ui/fields-of.ts';
import form from '../../ui/form.module.css';
import { Notice } from '../../ui/notice.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { Door } from './door.tsx';

interface Props {
  readonly onDone: () => Promise<void>;
  readonly onBack: () => void;
}

/** The password was right; now the code of the app, or one of those that were written down. */
export function SecondFactor({ onDone, onBack }: Props) {
  const { t } = useLingui();
  const errorText = useAccountErrorText();
  const [kind, setKind] = useState<'app' | 'backup'>('app');
  const verify = useMutation({
    mutationFn: async ({ code = '', trust }: Readonly<Record<string, string>>) => {
      await verifySecondFactor(code.replaceAll(/\s/g, ''), kind, trust !== undefined);
      await onDone();
    },
  });
  return (
    <Door
      title={<Trans>One more step</Trans>}
      lead={
        kind === 'app' ? (
          <Trans>Open your authenticator app, and type the code that it shows for Esteira.</Trans>
        ) : (
          <Trans>Type one of the backup codes that you kept. Each is good for once.</Trans>
        )
      }
      foot={
        <>
          <Button variant="subtle" size="compact-sm" onClick={() => setKind(kind === 'app' ? 'backup' : 'app')}>
            {kind === 'app' ? <Trans>Use a backup code</Trans> : <Trans>Use the app</Trans>}
          </Button>
          <Button variant="subtle" size="compact-sm" onClick={onBack}>
            <Trans>Back</Trans>
          </Button>
        </>
      }
    >
      <form className={form.form} onSubmit={(event) => verify.mutate(fieldsOf(event))}>
        {verify.error && <Notice kind="error">{errorText(verify.error)}</Notice>}
        <TextInput
          key={kind}
          name="code"
          label={kind === 'app' ? t`Code` : t`Backup code`}
          inputMode={kind === 'app' ? 'numeric' : 'text'}
          autoComplete="one-time-code"
          size="md"
          required
          withAsterisk={false}
          autoFocus
        />
        <Checkbox name="trust" label={t`Do not ask again on this device for 30 days`} />
        <Button type="submit" size="md" loading={verify.isPending}>
          <Trans>Sign in</Trans>
        </Button>
      </form>
    </Door>
  );
}
