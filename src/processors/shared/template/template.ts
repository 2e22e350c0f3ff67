import { type Static, Type } from 'typebox';
import { Check, Errors } from 'typebox/value';
import { AppError } from '#kernel/errors.ts';

export const templateVersion = 'esteira-template/1';
const maxFields = 100;
export const maxValueChars = 2_000;

/** Letters of any script, so that `preço` is a name. */
const fieldName = '[\\p{L}_][\\p{L}\\p{N}_-]{0,39}';
const fieldNamePattern = new RegExp(`^${fieldName}$`, 'u');
const placeholder = /\{\{([^{}]*)\}\}/g;

/** A saved look: parameters of a processor with gaps, `{{price}}`, that each product fills. */
export const templateSchema = Type.Object(
  {
    schema: Type.Literal(templateVersion, { description: 'What this document is.' }),
    name: Type.String({ minLength: 1, maxLength: 120, description: 'What people call it.' }),
    processor: Type.Literal('image.thumbnail', { description: 'Whose parameters they are.' }),
    params: Type.Record(Type.String(), Type.Unknown(), {
      description:
        'Parameters, as in GET /v1/processors. Strings anywhere in them may hold {{field}}; other values may not.',
    }),
    fields: Type.Record(
      Type.String({ pattern: `^${fieldName}$` }),
      Type.Object(
        {
          title: Type.Optional(Type.String({ maxLength: 120, description: 'What people call it.' })),
          default: Type.Optional(
            Type.String({ maxLength: maxValueChars, description: 'Taken where no value is given.' }),
          ),
        },
        { additionalProperties: false },
      ),
      { maxProperties: maxFields, description: 'The gaps that there are.' },
    ),
  },
  {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Esteira template',
    additionalProperties: false,
  },
);

export type TemplateDocument = Static<typeof templateSchema>;

/**
 * Takes a document for a template.
 *
 * @throws AppError TEMPLATE_INVALID naming the part that is wrong, or the placeholders that are no fields
 */
export function checkTemplate(value: unknown): TemplateDocument {
  if (!Check(templateSchema, value)) {
    const [error] = Errors(templateSchema, value);
    const where =
      error?.instancePath === '' ? 'the document' : `"${error?.instancePath.slice(1).replaceAll('/', '.')}"`;
    throw invalidTemplate(
      `In the template, ${where} is wrong: ${error?.message}. Its schema is at /v1/templates/schema.`,
    );
  }
  const wrongNames = Object.keys(value.fields).filter((name) => !fieldNamePattern.test(name));
  if (wrongNames.length > 0) {
    throw invalidTemplate(`Fields are named by letters, digits, _ and -, not ${listed(wrongNames)}.`);
  }
  const used = [...new Set(stringsIn(value.params).flatMap(placeholdersIn))];
  const undeclared = used.filter((name) => !Object.hasOwn(value.fields, name));
  if (undeclared.length === 0) return value;
  throw invalidTemplate(
    `The template uses ${listed(undeclared)}, which it does not list among its fields (${listed(Object.keys(value.fields))}). ` +
      'Add them to "fields", or correct the names.',
    { fields: undeclared },
  );
}

/**
 * Parameters with every gap filled. A value stays text: it is never read as markup, as JSON or as another placeholder.
 *
 * @throws AppError TEMPLATE_INVALID; TEMPLATE_VALUES naming values that the template does not know, or that it misses
 */
export function fillTemplate(
  document: TemplateDocument,
  values: Readonly<Record<string, string>>,
): Record<string, unknown> {
  const { fields, params } = checkTemplate(document);
  const names = Object.keys(fields);
  const unknown = Object.keys(values).filter((name) => !Object.hasOwn(fields, name));
  if (unknown.length > 0) {
    throw wrongValues(
      `The template "${document.name}" has no ${listed(unknown)}; its fields are ${listed(names)}.`,
      unknown,
    );
  }
  const missing = names.filter((name) => valueFor(document, values, name) === undefined);
  if (missing.length > 0) {
    throw wrongValues(
      `The template "${document.name}" needs ${listed(missing)}: give a value, or a default in it.`,
      missing,
    );
  }
  const tooLong = names.filter((name) => (valueFor(document, values, name)?.length ?? 0) > maxValueChars);
  if (tooLong.length > 0) {
    throw wrongValues(
      `A value of a template has at most ${maxValueChars} characters; ${listed(tooLong)} has more.`,
      tooLong,
    );
  }
  const filled = (text: string) =>
    text.replaceAll(placeholder, (_, name: string) => valueFor(document, values, name.trim()) ?? '');
  return withStrings(params, filled) as Record<string, unknown>;
}

function valueFor(
  { fields }: TemplateDocument,
  values: Readonly<Record<string, string>>,
  name: string,
): string | undefined {
  return Object.hasOwn(values, name) ? values[name] : Object.hasOwn(fields, name) ? fields[name]?.default : undefined;
}

function withStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value);
  if (Array.isArray(value)) return value.map((member) => withStrings(member, change));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, withStrings(member, change)]));
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : [];
}

function placeholdersIn(text: string): string[] {
  return [...text.matchAll(placeholder)].map(([, name = '']) => name.trim());
}

function invalidTemplate(detail: string, extensions = {}): AppError {
  return new AppError('TEMPLATE_INVALID', detail, { extensions });
}

function wrongValues(detail: string, fields: readonly string[]): AppError {
  return new AppError('TEMPLATE_VALUES', detail, { extensions: { fields } });
}

const maxListed = 12;

/** Names for people, however many and however long they are. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const shown = names.slice(0, maxListed).map((name) => JSON.stringify(name.slice(0, 40)));
  return names.length > maxListed ? `${shown.join(', ')} and ${names.length - maxListed} more` : shown.join(', ');
}
