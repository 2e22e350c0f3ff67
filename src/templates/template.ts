import type { Actor } from '#kernel/actor.ts';
import type { TemplateDocument } from '#processors/shared/template/template.ts';

/** One version of a template; the newest where none is asked for. */
export interface Template {
  readonly id: string;
  readonly name: string;
  /** From 1, without gaps. */
  readonly version: number;
  readonly document: TemplateDocument;
  /** When this version was saved. */
  readonly updatedAt: Date;
}

export interface TemplatePage {
  readonly items: readonly Template[];
  readonly nextCursor: string | null;
}

export interface PageOf {
  /** Opaque; from the previous page. */
  readonly cursor?: string;
  /** 1…100 */
  readonly limit: number;
}

/** What the API may do with templates. Every method answers for one actor's tenant; others' ids do not exist. */
export interface Templates {
  /** @throws AppError TEMPLATE_INVALID, INVALID_PARAMETERS, TEMPLATE_NAME_TAKEN, TEMPLATE_LIMIT */
  create(actor: Actor, document: unknown): Promise<Template>;
  /** @throws AppError TEMPLATE_NOT_FOUND, also for a version that there is not */
  get(actor: Actor, id: string, version?: number): Promise<Template>;
  /** Newest first, each in its newest version. */
  list(actor: Actor, page: PageOf): Promise<TemplatePage>;
  /** Newest first. @throws AppError TEMPLATE_NOT_FOUND */
  versions(actor: Actor, id: string, page: PageOf): Promise<TemplatePage>;
  /**
   * A new version; the same document again is none.
   *
   * @param expected the version that the change was made on: should there be a newer one, nothing is saved
   * @throws AppError what `create` throws; TEMPLATE_NOT_FOUND, TEMPLATE_CHANGED
   */
  update(actor: Actor, id: string, document: unknown, expected?: number): Promise<Template>;
  /** With all its versions. @throws AppError TEMPLATE_NOT_FOUND */
  remove(actor: Actor, id: string): Promise<void>;
}
