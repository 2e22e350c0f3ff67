import { useLingui } from '@lingui/react/macro';
import { PasswordInput, type PasswordInputProps } from '@mantine/core';

/** What a new password may be, and that anything may be pasted into it. */
export function NewPassword({
  name = 'password',
  label,
  size,
}: Pick<PasswordInputProps, 'size'> & { readonly name?: string; readonly label?: string }) {
  const { t } = useLingui();
  return (
    <PasswordInput
      name={name}
      label={label ?? t`Password`}
      description={t`At least 10 characters. A few words in a row are easy to keep and hard to guess.`}
      autoComplete="new-password"
      minLength={10}
      maxLength={128}
      {...(size !== undefined && { size })}
      required
      withAsterisk={false}
      visibilityToggleButtonProps={{ 'aria-label': t`Show the password` }}
    />
  );
}
