/** What a template file holds. */
export interface TemplateDocument {
  readonly schema: 'esteira-template/1';
  readonly name: string;
  readonly processor: 'image.thumbnail';
  readonly params: Readonly<Record<string, unknown>>;
  readonly fields: Readonly<Record<string, { readonly title?: string; readonly default?: string }>>;
}

/** The saved template that is being worked on. */
export interface OpenTemplate {
  readonly id: string;
  readonly name: string;
  /** The one that was opened. */
  readonly version: number;
  /** The newest that there was then: what is saved comes after it. */
  readonly newest: number;
  /** What it says of its fields, besides that they are there. */
  readonly fields: TemplateDocument['fields'];
}
