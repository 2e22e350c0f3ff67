import { type Static, Type } from 'typebox';

/** Also the name of a file, on every system: small letters, digits, hyphens and underscores between them. */
export const modelNamePattern = '^[a-z0-9]+([-_][a-z0-9]+)*$';
export const maxModelNameChars = 64;

export const modelOutputs = ['sigmoid', 'raw', 'minmax'] as const;
export const modelLayouts = ['nchw', 'nhwc'] as const;

/** A file is one protobuf message, and those end at 2 GiB; larger graphs keep their weights outside, which is refused. */
export const maxModelBytes = 2 ** 31 - 1;

const perChannel = (options: { minimum?: number; exclusiveMinimum?: number; description: string }) =>
  Type.Array(Type.Number({ maximum: 1e6, ...options }), { minItems: 3, maxItems: 3, description: options.description });

/** What is said of every model. */
export const describedModel = {
  schema: Type.Literal('esteira-model/1'),
  name: Type.String({ pattern: modelNamePattern, maxLength: maxModelNameChars }),
  fileName: Type.String({ pattern: '^[a-z0-9_-]+\\.[0-9a-f]{16}\\.onnx$', maxLength: 100 }),
  sha256: Type.String({ pattern: '^[0-9a-f]{64}$' }),
  sizeBytes: Type.Integer({ minimum: 1, maximum: maxModelBytes }),
  inputName: Type.String({ minLength: 1, maxLength: 512 }),
  workingBytes: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 2 ** 40, description: 'Memory of one run, where that is known.' }),
  ),
  licence: Type.String({ maxLength: 200 }),
  source: Type.String({ maxLength: 2_000, description: 'Where the file came from.' }),
  addedAt: Type.String({ format: 'date-time' }),
};

/**
 * What must be known of a segmentation network to run it, and which bytes it is. One such file lies in the models
 * folder beside each graph that was added; it is written last, so that whatever it names was checked.
 */
export const modelDescriptorSchema = Type.Object(
  {
    ...describedModel,
    inputSizePx: Type.Integer({ minimum: 16, maximum: 4096, description: 'Side of the square it looks at.' }),
    mean: perChannel({ minimum: -1e6, description: 'Taken from red, green and blue, each 0 to 1.' }),
    std: perChannel({ exclusiveMinimum: 0, description: 'What they are then divided by.' }),
    output: Type.Enum([...modelOutputs], {
      description: 'raw: is the mask, 0 to 1. sigmoid: becomes it by 1/(1+e^-x). minmax: by stretching it from 0 to 1.',
    }),
    layout: Type.Enum([...modelLayouts]),
    outputName: Type.String({ minLength: 1, maxLength: 512 }),
  },
  { additionalProperties: false },
);

export type ModelDescriptor = Static<typeof modelDescriptorSchema>;

/** How a network wants its pictures and gives its masks. */
export type Preprocessing = Pick<ModelDescriptor, 'inputSizePx' | 'mean' | 'std' | 'output'>;
