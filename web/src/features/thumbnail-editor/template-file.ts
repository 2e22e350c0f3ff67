import type { Design } from './design.ts';
import { fieldsIn } from './fields.ts';
import { templateParams } from './request.ts';
import type { TemplateDocument } from './template-document.ts';

/**
 * The design as others can use it: in the API, on the command line, in another studio.
 *
 * @param known what an opened template said of its fields: it is kept
 */
export function templateDocument(
  name: string,
  design: Design,
  preset: string,
  known: TemplateDocument['fields'] = {},
): TemplateDocument {
  return {
    schema: 'esteira-template/1',
    name,
    processor: 'image.thumbnail',
    params: templateParams(design, preset),
    fields: Object.fromEntries(fieldsIn(design.texts).map((field) => [field, known[field] ?? {}])),
  };
}

export function templateFileName(name: string): string {
  return `${name.replaceAll(/[^\p{L}\p{N} _-]/gu, '').trim() || 'template'}.json`;
}

/** Hands the document to the browser as a file. */
export function downloadTemplate(document_: TemplateDocument): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(document_, null, 2)], { type: 'application/json' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = templateFileName(document_.name);
  link.click();
  URL.revokeObjectURL(url);
}
