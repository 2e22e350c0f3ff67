import { type Static, Type } from 'typebox';
import type { Template } from '#templates/template.ts';

export const TemplateSchema = Type.Object(
  {
    id: Type.String(),
    name: Type.String(),
    version: Type.Integer({ minimum: 1 }),
    document: Type.Record(Type.String(), Type.Unknown(), { description: 'As `GET /v1/templates/schema` says.' }),
    updatedAt: Type.String({ format: 'date-time', description: 'When this version was saved.' }),
  },
  { description: 'One version of a template.' },
);

/** Held against its own schema where it is saved, which says what is wrong with a template in its own words. */
export const TemplateDocumentBody = Type.Record(Type.String(), Type.Unknown());

export const TemplateVersionNumber = Type.Integer({ minimum: 1, maximum: 999_999_999 });

export const TemplatePageSchema = Type.Object({
  items: Type.Array(TemplateSchema),
  nextCursor: Type.Union([Type.String(), Type.Null()]),
});

export function toTemplateJson({ updatedAt, ...template }: Template): Static<typeof TemplateSchema> {
  return { ...template, updatedAt: updatedAt.toISOString() };
}

/** A version's validator, for `If-Match`. */
export function versionTag({ version }: Template): string {
  return `"${version}"`;
}
