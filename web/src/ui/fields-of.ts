import type { FormEvent } from 'react';

/** What was typed into a form that is being sent, by the names of its fields; the page is not loaded anew. */
export function fieldsOf(event: FormEvent<HTMLFormElement>): Readonly<Record<string, string>> {
  event.preventDefault();
  const fields = [...new FormData(event.currentTarget)];
  return Object.fromEntries(fields.map(([name, value]) => [name, typeof value === 'string' ? value : '']));
}
