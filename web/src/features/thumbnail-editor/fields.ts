const placeholder = /\{\{\s*([\p{L}_][\p{L}\p{N}_-]*)\s*\}\}/gu;

/** The fields that texts ask for: `{{price}}`; each once, in the order of appearance. */
export function fieldsIn(texts: readonly { readonly text: string }[]): readonly string[] {
  const names = texts.flatMap(({ text }) => [...text.matchAll(placeholder)].map(([, name]) => name ?? ''));
  return [...new Set(names)];
}

/** Texts with their fields filled; those without a value stay as they are. */
export function filled<T extends { readonly text: string }>(
  texts: readonly T[],
  values: Readonly<Record<string, string>>,
): readonly T[] {
  return texts.map((each) => ({
    ...each,
    text: each.text.replace(placeholder, (whole, name: string) => values[name] ?? whole),
  }));
}
