import { basename } from 'node:path';
import type { NewModel } from '#models/add-model.ts';
import { knownModel, knownModels } from '#models/known-models.ts';
import {
  maxModelNameChars,
  modelLayouts,
  modelNamePattern,
  modelOutputs,
} from '#processors/shared/models/model-descriptor.ts';
import { type Arguments, type Option, textOf, UsageError } from './command.ts';
import { newSeparationFrom, saysStems, separationOptions } from './new-separation.ts';
import { choiceFrom, missing, wholeFrom, wrong } from './option-values.ts';

/** What must or may be said of a model that is added. */
export const newModelOptions: readonly Option[] = [
  { name: 'name', value: 'NAME', help: 'What it is called here: small letters, digits, hyphens, underscores.' },
  { name: 'sha256', value: 'HEX', help: 'SHA-256 of the file. Without it, only a file of this machine is taken.' },
  {
    name: 'input-size',
    value: 'PX',
    help: 'Side of the square that the network looks at, if its graph leaves it open.',
  },
  { name: 'mean', value: 'R,G,B', help: 'Taken from red, green and blue, each 0 to 1.' },
  { name: 'std', value: 'R,G,B', help: 'What they are then divided by.' },
  { name: 'output', value: modelOutputs.join('|'), help: 'How its output becomes a mask from 0 to 1.' },
  {
    name: 'layout',
    value: modelLayouts.join('|'),
    help: 'Where colours stand in its input, if its graph leaves it open.',
  },
  ...separationOptions,
  { name: 'input-name', value: 'NAME', help: 'Its input (default: the first one).' },
  {
    name: 'output-name',
    value: 'NAME',
    help: 'The output that is the mask (default: the first one); of stems, all of them with commas between.',
  },
  { name: 'memory', value: 'BYTES', help: 'Memory of one run, where it is known (default: estimated).' },
  { name: 'licence', value: 'TEXT', help: 'Its licence, to be shown with it (default: unknown).' },
];

/** What a known model brings, and what therefore is not said again. */
const settled = [
  ...separationOptions.map(({ name }) => name),
  'input-size',
  'mean',
  'std',
  'output',
  'layout',
  'input-name',
  'output-name',
  'memory',
  'licence',
];

/**
 * @param subject name of a known model, URL or path
 * @throws UsageError naming the option that is missing or wrong
 */
export function newModelFrom(args: Arguments, subject: string): NewModel {
  const url = /^[a-z][a-z0-9+.-]*:\/\//i.test(subject);
  const known = knownModel(textOf(args, 'name') ?? subject);
  const name = nameFrom(args, subject, known?.name);
  const from = url ? { url: urlOf(subject) } : subject === known?.name ? { url: known.url } : { path: subject };
  const sha256 = hashFrom(args);
  if (known !== undefined) {
    const said = settled.filter((option) => args.values[option] !== undefined);
    if (said.length > 0) {
      throw new UsageError(`--${said[0]} is settled for ${name}; give the model another name with --name.`);
    }
    if (sha256 !== undefined && sha256 !== known.sha256) {
      throw new UsageError(`--sha256 differs from that of ${name}, ${known.sha256}; give another file another --name.`);
    }
    const { url: _url, project: _project, sources: _sources, ...facts } = known;
    return { ...facts, from };
  }
  if ('url' in from && sha256 === undefined) {
    throw new UsageError('A download needs --sha256: without it nobody knows what arrives.');
  }
  const workingBytes = wholeFrom(args, 'memory', 1, 2 ** 40);
  const licence = textOf(args, 'licence') ?? 'unknown';
  const file = { name, from, sha256, licence, ...(workingBytes !== undefined && { workingBytes }) };
  if (saysStems(args)) return { ...file, ...newSeparationFrom(args) };
  const inputSizePx = wholeFrom(args, 'input-size', 16, 4096);
  const layout = choiceFrom(args, 'layout', modelLayouts);
  const inputName = textOf(args, 'input-name');
  const outputName = textOf(args, 'output-name');
  return {
    ...file,
    mean: threeFrom(args, 'mean'),
    std: threeFrom(args, 'std').map((value) => (value > 0 ? value : wrong('std', 'each is above 0'))),
    output: choiceFrom(args, 'output', modelOutputs) ?? missing('output'),
    ...(inputSizePx !== undefined && { inputSizePx }),
    ...(layout !== undefined && { layout }),
    ...(inputName !== undefined && { inputName }),
    ...(outputName !== undefined && { outputName }),
  };
}

function nameFrom(args: Arguments, subject: string, known: string | undefined): string {
  const name = textOf(args, 'name') ?? known;
  if (name === undefined) {
    const looksLikeName = new RegExp(modelNamePattern).test(subject);
    const names = knownModels.map((each) => each.name).join(', ');
    throw new UsageError(
      looksLikeName
        ? `${subject} is not a known model. Known are ${names}; any other is added from a file or URL with --name.`
        : `${basename(subject)} needs a name: --name NAME.`,
    );
  }
  if (name.length > maxModelNameChars || !new RegExp(modelNamePattern).test(name)) {
    throw new UsageError(`--name ${name} will not do: small letters, digits, and hyphens or underscores between them.`);
  }
  if (name === 'isnet' || name === 'signal-processing') {
    throw new UsageError(`${name} comes with Esteira; give the model another --name.`);
  }
  return name;
}

function urlOf(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url.href;
  throw new UsageError(`${text} is not an address of http or https.`);
}

function hashFrom(args: Arguments): string | undefined {
  const text = textOf(args, 'sha256')?.toLowerCase();
  return text === undefined || /^[0-9a-f]{64}$/.test(text) ? text : wrong('sha256', 'it has 64 digits of 0-9 and a-f');
}

function threeFrom(args: Arguments, option: string): number[] {
  const text = textOf(args, option) ?? missing(option);
  const values = text.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)));
  const fine = values.length === 3 && values.every((value) => Math.abs(value) <= 1e6);
  return fine ? values : wrong(option, 'it is three numbers, like 0.485,0.456,0.406');
}
