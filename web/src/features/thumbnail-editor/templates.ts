import { request } from '../../api/client.ts';
import type { Design } from './design.ts';
import { designFrom } from './template-design.ts';

/** What a template file holds. */
export interface TemplateDocument {
  readonly schema: 'esteira-template/1';
  readonly name: string;
  readonly processor: 'image.thumbnail';
  readonly params: Readonly<Record<string, unknown>>;
  readonly fields: Readonly<Record<string, { readonly title?: string; readonly default?: string }>>;
}

export interface Template {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly document: TemplateDocument;
  readonly updatedAt: string;
}

type List<T> = { readonly items: readonly T[] };

export async function listTemplates(signal?: AbortSignal): Promise<readonly Template[]> {
  return (await request<List<Template>>('/v1/templates', { signal })).items;
}

export async function listVersions(id: string, signal?: AbortSignal): Promise<readonly Template[]> {
  return (await request<List<Template>>(`/v1/templates/${id}/versions`, { signal })).items;
}

export function getTemplate(id: string, signal?: AbortSignal): Promise<Template> {
  return request(`/v1/templates/${id}`, { signal });
}

/** @param id of the template that gets a new version; without it, a new one is made */
export function saveTemplate(document: TemplateDocument, id?: string): Promise<Template> {
  return id === undefined
    ? request('/v1/templates', { method: 'POST', json: document })
    : request(`/v1/templates/${id}`, { method: 'PUT', json: document });
}

export function deleteTemplate(id: string): Promise<void> {
  return request(`/v1/templates/${id}`, { method: 'DELETE' });
}

/** The design of a template, and the preset it was made for. */
export function openTemplate({ document }: Template): { readonly design: Design; readonly preset: string } {
  return designFrom(document.params);
}
