import { routeAccess } from '#api/route-access.ts';
import type { Schema } from './fitting.ts';

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Schema;
  readonly required: boolean;
}

/** One method of one address, as the API's document describes it. */
export interface Operation {
  readonly method: string;
  /** With its parameters in braces. */
  readonly path: string;
  readonly parameters: readonly Parameter[];
  /** By content type; empty where nothing is to be sent. */
  readonly bodies: Readonly<Record<string, Schema>>;
}

interface Described {
  readonly parameters?: readonly (Omit<Parameter, 'required'> & { readonly required?: boolean })[];
  readonly requestBody?: { readonly content?: Readonly<Record<string, { readonly schema?: Schema }>> };
}

export interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly components?: { readonly schemas?: Readonly<Record<string, Schema>> };
}

/** What the document describes, and what is there without being described: the studio's pages, signed addresses. */
export function operationsOf(document: Document): Operation[] {
  const described = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, one]) => describe(method.toUpperCase(), path, one)),
  );
  const known = new Set(described.map(({ method, path }) => `${method} ${path}`));
  const others = Object.keys(routeAccess)
    .map((route) => route.split(' ') as [string, string])
    .map(([method, url]) => [method, url.replace(/:(\w+)/g, '{$1}').replace('*', '{file}')] as const)
    .filter(([method, path]) => !known.has(`${method} ${path}`));
  return [...described, ...others.map(([method, path]) => describe(method, path, {}))];
}

function describe(method: string, path: string, { parameters = [], requestBody }: Described): Operation {
  const named = parameters.map((parameter) => ({ required: false, ...parameter }));
  const inPath = [...path.matchAll(/\{(\w+)\}/g)]
    .map(([, name = '']) => name)
    .filter((name) => !named.some((parameter) => parameter.in === 'path' && parameter.name === name))
    .map((name) => ({ name, in: 'path' as const, schema: { type: 'string' }, required: true }));
  const bodies = Object.entries(requestBody?.content ?? {}).map(([type, { schema = {} }]) => [type, schema] as const);
  return { method, path, parameters: [...named, ...inPath], bodies: Object.fromEntries(bodies) };
}

/** A schema that the document names. */
export function resolverOf(document: Document): (reference: string) => Schema {
  return (reference) => document.components?.schemas?.[reference.split('/').at(-1) ?? ''] ?? {};
}
