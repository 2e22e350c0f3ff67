import { request } from '../../api/client.ts';
import type { Design } from './design.ts';
import { designFrom } from './template-design.ts';
import type { OpenTemplate, TemplateDocument } from './template-document.ts';

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

export function createTemplate(document: TemplateDocument): Promise<Template> {
  return request('/v1/templates', { method: 'POST', json: document });
}

/**
 * Saves a new version.
 *
 * @param newest the version that it is to come after
 * @throws ApiError TEMPLATE_CHANGED when somebody else has saved one since
 */
export function updateTemplate(id: string, newest: number, document: TemplateDocument): Promise<Template> {
  const headers = { 'if-match': `"${newest}"` };
  return request(`/v1/templates/${id}`, { method: 'PUT', json: document, headers });
}

export function deleteTemplate(id: string): Promise<void> {
  return request(`/v1/templates/${id}`, { method: 'DELETE' });
}

/** The design of a template, and the preset it was made for. */
export function openTemplate({ document }: Template): { readonly design: Design; readonly preset: string } {
  return designFrom(document.params);
}

/** @param newest when an earlier version is opened: the newest of all */
export function asOpen({ id, name, version, document }: Template, newest = version): OpenTemplate {
  return { id, name, version, newest, fields: document.fields };
}
