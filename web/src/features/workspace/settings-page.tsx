import { Trans, useLingui } from '@lingui/react/macro';
import { Button, Loader, NativeSelect, TextInput } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { may, meQuery } from '../../api/me.ts';
import { changeTenant, getTenant, type Tenant } from '../../api/tenant.ts';
import { fieldsOf } from '../../ui/fields-of.ts';
import form from '../../ui/form.module.css';
import { Notice } from '../../ui/notice.tsx';
import { Page } from '../../ui/page.tsx';
import { Panel } from '../../ui/panel.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';

const daySeconds = 86_400;

export function SettingsPage() {
  const { t } = useLingui();
  const errorText = useAccountErrorText();
  const { data, error, isPending } = useQuery({ queryKey: ['tenant'], queryFn: ({ signal }) => getTenant(signal) });
  return (
    <Page title={<Trans>Settings</Trans>}>
      {error && <Notice kind="error">{errorText(error)}</Notice>}
      {isPending && <Loader role="status" aria-label={t`Loading`} />}
      {data && <SettingsForm key={data.id} tenant={data} />}
    </Page>
  );
}

function SettingsForm({ tenant }: { readonly tenant: Tenant }) {
  const { t } = useLingui();
  const errorText = useAccountErrorText();
  const queries = useQueryClient();
  const { data: me } = useQuery(meQuery);
  const mayChange = may(me, 'tenant:write');
  const save = useMutation({
    mutationFn: ({ name = '', ttl = '' }: Readonly<Record<string, string>>) =>
      changeTenant({ name: name.trim(), resultTtlSeconds: ttl === '' ? null : Number(ttl) }),
    onSuccess: () =>
      Promise.all([queries.invalidateQueries({ queryKey: ['tenant'] }), queries.refetchQueries(meQuery)]),
  });
  const ttl = tenant.resultTtlSeconds;
  const spans = [
    { value: '', label: t`as long as the server keeps them` },
    { value: String(daySeconds), label: t`a day` },
    { value: String(7 * daySeconds), label: t`a week` },
    { value: String(30 * daySeconds), label: t`30 days` },
    { value: String(90 * daySeconds), label: t`90 days` },
    { value: String(365 * daySeconds), label: t`a year` },
    { value: '0', label: t`for ever` },
  ];
  const known = ttl === null || spans.some(({ value }) => value === String(ttl));
  return (
    <Panel title={<Trans>This workspace</Trans>}>
      <form className={form.form} data-narrow onSubmit={(event) => save.mutate(fieldsOf(event))} onChange={save.reset}>
        {save.error && <Notice kind="error">{errorText(save.error)}</Notice>}
        <TextInput
          name="name"
          label={t`Name`}
          defaultValue={tenant.name}
          maxLength={100}
          required
          withAsterisk={false}
          readOnly={!mayChange}
        />
        <NativeSelect
          name="ttl"
          label={t`Results are kept for`}
          description={t`Then they are deleted. What a photo was made from stays until somebody deletes it.`}
          defaultValue={ttl === null ? '' : String(ttl)}
          data={known ? spans : [...spans, { value: String(ttl), label: `${Math.round(ttl / 3_600)} h` }]}
          disabled={!mayChange}
        />
        {mayChange && (
          <div className={form.actions}>
            <Button type="submit" loading={save.isPending}>
              <Trans>Save</Trans>
            </Button>
            <span className={form.words} role="status">
              {save.isSuccess && <Trans>Saved.</Trans>}
            </span>
          </div>
        )}
      </form>
    </Panel>
  );
}
