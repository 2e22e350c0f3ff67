import type { Route } from '../../deps.ts';
import { addOneCall } from '../../one-call.ts';

type Params = Readonly<Record<string, unknown>>;

export const thumbnail: Route = (api, deps) => {
  addOneCall(api, deps, {
    path: '/v1/images/thumbnail',
    processor: 'image.thumbnail',
    fileFields: ['file', 'image'],
    summary: 'Photograph in, thumbnail out: cut out, placed, with background, shadow, texts and logo',
    extras: { fields: ['background', 'logo', 'mask'], place },
    facts: complianceOf,
  });
};

/** Whether the picture keeps its preset's rules, and which it breaks; how, is told by the job. */
function complianceOf({ compliance }: Params): Record<string, string> {
  if (!isObject(compliance) || !Array.isArray(compliance['checks'])) return {};
  const broken = compliance['checks'].filter((check) => isObject(check) && check['passed'] !== true);
  const codes = broken.map((check: Params) => String(check['code'])).join(', ');
  return { 'x-compliance': codes === '' ? 'passed' : `failed: ${codes}` };
}

/** A file decides which input is meant; everything else about it may be said in the parameters. */
function place(params: Params, inputs: ReadonlyMap<string, number>): Record<string, unknown> {
  const [background, logo, mask] = ['background', 'logo', 'mask'].map((field) => inputs.get(field));
  return {
    ...params,
    ...(background === undefined
      ? {}
      : { background: { kind: 'image', ...objectOr(params['background'], {}), input: background } }),
    ...(logo === undefined
      ? {}
      : { logos: listOr(params['logos'], [{}]).map((said) => withInput(said, 'input', logo)) }),
    ...(mask === undefined
      ? {}
      : { products: listOr(params['products'], [{}]).map((said) => withInput(said, 'mask', mask)) }),
  };
}

function withInput(said: unknown, name: string, input: number): unknown {
  return isObject(said) ? { [name]: input, ...said } : said;
}

/** What is neither is for the validation that follows. */
function listOr(said: unknown, otherwise: readonly unknown[]): readonly unknown[] {
  if (said === undefined) return otherwise;
  return Array.isArray(said) ? said : [said];
}

function objectOr(said: unknown, otherwise: Params): Params {
  return isObject(said) ? said : otherwise;
}

function isObject(value: unknown): value is Params {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
