import { Trans, useLingui } from '@lingui/react/macro';
import { Modal, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { changePlan, createPlan } from '../../api/tenant.ts';
import type { Plan } from '../../api/usage.ts';
import { DialogActions } from '../../ui/dialog-actions.tsx';
import { fieldsOf } from '../../ui/fields-of.ts';
import form from '../../ui/form.module.css';
import { Notice } from '../../ui/notice.tsx';
import { useAccountErrorText } from '../account/use-account-error-text.ts';
import { limitNames } from '../usage/limit-names.ts';
import { planFields } from './plan-fields.ts';

interface Props {
  /** Undefined: a new one. */
  readonly plan: Plan | undefined;
  readonly onClose: () => void;
}

export function PlanDialog({ plan, onClose }: Props) {
  const { t, i18n } = useLingui();
  const errorText = useAccountErrorText();
  const queries = useQueryClient();
  const save = useMutation({
    mutationFn: (fields: Readonly<Record<string, string>>) => {
      const limits = planFields.map(({ name, unit }) => [name, fields[name] ? Number(fields[name]) * unit : null]);
      const id = plan?.id ?? fields['id']?.trim() ?? '';
      const whole = { id, name: fields['name']?.trim(), ...Object.fromEntries(limits) } as Plan;
      return plan === undefined ? createPlan(whole) : changePlan(whole);
    },
    onSuccess: () => {
      onClose();
      return queries.invalidateQueries({ queryKey: ['plans'] });
    },
  });
  return (
    <Modal
      opened
      onClose={onClose}
      title={plan === undefined ? <Trans>Make a plan</Trans> : <Trans>Change {plan.name}</Trans>}
      closeButtonProps={{ 'aria-label': t`Close` }}
    >
      <form className={form.form} onSubmit={(event) => save.mutate(fieldsOf(event))}>
        {save.error && <Notice kind="error">{errorText(save.error)}</Notice>}
        {plan === undefined && (
          <TextInput
            name="id"
            label={t`Id`}
            description={t`As programs know it: small letters, digits and hyphens.`}
            pattern="[a-z0-9\-]+"
            maxLength={40}
            required
            withAsterisk={false}
            data-autofocus
          />
        )}
        <TextInput name="name" label={t`Name`} defaultValue={plan?.name} maxLength={60} required withAsterisk={false} />
        <p className={form.words}>
          <Trans>Leave a field empty, and there is no limit.</Trans>
        </p>
        <div className={form.fields}>
          {planFields.map(({ name, unit, unitName }) => {
            const value = plan?.[name] ?? null;
            return (
              <TextInput
                key={name}
                name={name}
                type="number"
                inputMode="decimal"
                min={0}
                step="any"
                label={unitName === '' ? i18n._(limitNames[name]) : `${i18n._(limitNames[name])} (${unitName})`}
                defaultValue={value === null ? '' : value / unit}
              />
            );
          })}
        </div>
        <DialogActions loading={save.isPending} onCancel={onClose}>
          <Trans>Save</Trans>
        </DialogActions>
      </form>
    </Modal>
  );
}
