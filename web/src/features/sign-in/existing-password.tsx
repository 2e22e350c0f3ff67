import { useLingui } from '@lingui/react/macro';
import { PasswordInput, type PasswordInputProps } from '@mantine/core';

/** The password that somebody has; whoever keeps it may fill it in. */
export function ExistingPassword({ size, label }: Pick<PasswordInputProps, 'size'> & { readonly label?: string }) {
  const { t } = useLingui();
  return (
    <PasswordInput
      name="password"
      label={label ?? t`Password`}
      autoComplete="current-password"
      {...(size !== undefined && { size })}
      required
      withAsterisk={false}
      visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }}
    />
  );
}
