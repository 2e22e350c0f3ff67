import { useLingui } from '@lingui/react/macro';
import { TextInput } from '@mantine/core';
import { NewPassword } from './new-password.tsx';

/** What somebody says of themselves who makes an account: `name`, `email`, `password`. */
export function PersonFields() {
  const { t } = useLingui();
  return (
    <>
      <TextInput
        name="name"
        label={t`Your name`}
        autoComplete="name"
        maxLength={200}
        size="md"
        required
        withAsterisk={false}
      />
      <TextInput
        name="email"
        type="email"
        label={t`E-mail`}
        autoComplete="username"
        size="md"
        required
        withAsterisk={false}
      />
      <NewPassword size="md" />
    </>
  );
}
