import { type Static, Type } from 'typebox';
import type { KnownPerson } from '#accounts/identity/people.ts';

/** A person, for those who run the server. */
export const UserSchema = Type.Object({
  id: Type.String(),
  email: Type.String(),
  name: Type.String(),
  emailVerified: Type.Boolean(),
  twoFactor: Type.Boolean(),
  operator: Type.Boolean({ description: 'Runs this server.' }),
  disabled: Type.Boolean(),
  createdAt: Type.String({ format: 'date-time' }),
});

export function toUserJson(person: KnownPerson): Static<typeof UserSchema> {
  const { id, email, name, emailVerified, twoFactor, operator, disabledAt, createdAt } = person;
  return {
    id,
    email,
    name,
    emailVerified,
    twoFactor,
    operator,
    disabled: disabledAt !== null,
    createdAt: createdAt.toISOString(),
  };
}
