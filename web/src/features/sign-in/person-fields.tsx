import { useLingui } from '@lingui/react/macro';
import { TextInput, type TextInputProps } from '@mantine/core';

/** Sent as `name`. */
export function NameField() {
  const { t } = useLingui();
  return (
    <TextInput
      name="name"
      label={t`Your name`}
      autoComplete="name"
      maxLength={200}
      size="md"
      required
      withAsterisk={false}
    />
  );
}

/** What somebody signs in with, sent as `email`. */
export function EmailField(props: Pick<TextInputProps, 'autoComplete' | 'autoFocus'>) {
  const { t } = useLingui();
  return (
    <TextInput
      name="email"
      type="email"
      label={t`E-mail`}
      autoComplete="username"
      size="md"
      required
      withAsterisk={false}
      {...props}
    />
  );
}
