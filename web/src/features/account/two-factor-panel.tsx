import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Modal, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { confirmTwoFactor, endTwoFactor, newBackupCodes, startTwoFactor, type TwoFactorStart } from '../../api/auth.ts';
import { meQuery } from '../../api/me.ts';
import { fieldsOf } from '../../ui/fields-of.ts';
import form from '../../ui/form.module.css';
import { Notice } from '../../ui/notice.tsx';
import { Panel } from '../../ui/panel.tsx';
import { Tag } from '../../ui/rows.tsx';
import { ExistingPassword } from '../sign-in/existing-password.tsx';
import { BackupCodes } from './backup-codes.tsx';
import { QrCode } from './qr-code.tsx';
import { useAccountErrorText } from './use-account-error-text.ts';

type Step =
  | { readonly kind: 'password'; readonly wanted: 'start' | 'end' | 'codes' }
  | { readonly kind: 'app'; readonly start: TwoFactorStart }
  | { readonly kind: 'codes'; readonly codes: readonly string[] };

/** A code from an app besides the password. */
export function TwoFactorPanel() {
  const { t } = useLingui();
  const queries = useQueryClient();
  const { data: me } = useQuery(meQuery);
  const [step, setStep] = useState<Step>();
  const isOn = me?.user?.twoFactor ?? false;
  const refresh = () => queries.refetchQueries(meQuery);
  const close = () => setStep(undefined);
  const begin = (wanted: 'start' | 'end' | 'codes') => setStep({ kind: 'password', wanted });
  return (
    <Panel
      title={
        <>
          <Trans>Second step</Trans> {isOn && <Tag tone="good">{t`On`}</Tag>}
        </>
      }
      lead={
        <Trans>
          Besides your password, a code from an app on your phone. Whoever finds out the password alone does not get in.
        </Trans>
      }
      action={
        !isOn && (
          <Button onClick={() => begin('start')}>
            <Trans>Switch on</Trans>
          </Button>
        )
      }
    >
      {isOn && (
        <div className={form.actions}>
          <Button variant="default" onClick={() => begin('codes')}>
            <Trans>New backup codes</Trans>
          </Button>
          <Button variant="default" onClick={() => begin('end')}>
            <Trans>Switch off</Trans>
          </Button>
        </div>
      )}
      <Modal
        opened={step !== undefined}
        onClose={close}
        title={<Trans>Second step</Trans>}
        closeButtonProps={{ 'aria-label': t`Close` }}
      >
        {step?.kind === 'password' && (
          <PasswordStep
            act={async (password) => {
              if (step.wanted === 'start') return setStep({ kind: 'app', start: await startTwoFactor(password) });
              if (step.wanted === 'codes') {
                return setStep({ kind: 'codes', codes: (await newBackupCodes(password)).backupCodes });
              }
              await endTwoFactor(password);
              await refresh();
              close();
            }}
          >
            {step.wanted === 'end' ? (
              <Trans>From then on the password alone lets you in. Type it to go on.</Trans>
            ) : (
              <Trans>Type your password, so that nobody else does this for you.</Trans>
            )}
          </PasswordStep>
        )}
        {step?.kind === 'app' && (
          <AppStep
            start={step.start}
            onDone={() => {
              setStep({ kind: 'codes', codes: step.start.backupCodes });
              void refresh();
            }}
          />
        )}
        {step?.kind === 'codes' && <BackupCodes codes={step.codes} onDone={close} />}
      </Modal>
    </Panel>
  );
}

interface PasswordStepProps {
  readonly children: ReactNode;
  readonly act: (password: string) => Promise<void>;
}

function PasswordStep({ children, act }: PasswordStepProps) {
  const errorText = useAccountErrorText();
  const check = useMutation({
    mutationFn: ({ password = '' }: Readonly<Record<string, string>>) => act(password),
  });
  return (
    <form className={form.form} onSubmit={(event) => check.mutate(fieldsOf(event))}>
      <p className={form.words}>{children}</p>
      {check.error && <Notice kind="error">{errorText(check.error)}</Notice>}
      <ExistingPassword />
      <Button type="submit" loading={check.isPending}>
        <Trans>Go on</Trans>
      </Button>
    </form>
  );
}

function AppStep({ start, onDone }: { readonly start: TwoFactorStart; readonly onDone: () => void }) {
  const { t } = useLingui();
  const errorText = useAccountErrorText();
  const secret = new URL(start.totpURI).searchParams.get('secret') ?? '';
  const confirm = useMutation({
    mutationFn: ({ code = '' }: Readonly<Record<string, string>>) => confirmTwoFactor(code.replaceAll(/\s/g, '')),
    onSuccess: onDone,
  });
  return (
    <form className={form.form} onSubmit={(event) => confirm.mutate(fieldsOf(event))}>
      <p className={form.words}>
        <Trans>Scan this with your authenticator app, or type the key into it. Then type the code that it shows.</Trans>
      </p>
      <QrCode text={start.totpURI} label={t`Code for the authenticator app`} />
      <code className={form.secret}>{secret.replaceAll(/.{4}(?=.)/g, '$& ')}</code>
      {confirm.error && <Notice kind="error">{errorText(confirm.error)}</Notice>}
      <TextInput
        name="code"
        label={t`Code`}
        inputMode="numeric"
        autoComplete="one-time-code"
        required
        withAsterisk={false}
        data-autofocus
      />
      <Button type="submit" loading={confirm.isPending}>
        <Trans>Switch on</Trans>
      </Button>
    </form>
  );
}
