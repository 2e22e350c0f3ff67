import type { NewSeparation } from '#models/add-model.ts';
import type { SeparationFacts } from '#models/fit-separation.ts';
import {
  normalisations,
  type StemName,
  separationShapes,
  stemNames,
} from '#processors/shared/models/separation-descriptor.ts';
import { type Arguments, type Option, textOf } from './command.ts';
import { choiceFrom, missing, wholeFrom, wrong } from './option-values.ts';

/** What must or may be said of a model that tells stems apart. */
export const separationOptions: readonly Option[] = [
  {
    name: 'stems',
    value: 'A,B,…',
    help: `A model that separates music: what its outputs are, of ${stemNames.join(', ')}.`,
  },
  { name: 'shape', value: separationShapes.join('|'), help: 'Whose inputs and outputs a separating model has.' },
  { name: 'sample-rate', value: 'HZ', help: 'Of the music it was trained with (default 44100).' },
  { name: 'segment', value: 'N', help: 'Samples (demucs) or frames at once, if its graph leaves it open.' },
  { name: 'overlap', value: 'N', help: 'Part of a segment that the next one covers again, 0 to 0.9 (default 0.25).' },
  {
    name: 'normalisation',
    value: normalisations.join('|'),
    help: 'Over what the samples for a demucs are brought to mean 0 and deviation 1 (default: track).',
  },
  { name: 'fft-size', value: 'N', help: 'Of magnitudes (default 4096).' },
  { name: 'hop', value: 'N', help: 'Samples between frames of magnitudes (default 1024).' },
  { name: 'bins', value: 'N', help: 'How many bins from 0 Hz it takes, if its graph leaves it open.' },
];

/** Any of these makes a model one that separates. */
export function saysStems(args: Arguments): boolean {
  return separationOptions.some(({ name }) => args.values[name] !== undefined);
}

/** @throws UsageError naming the option that is missing or wrong */
export function newSeparationFrom(args: Arguments): Omit<NewSeparation, 'name' | 'from' | 'licence'> {
  const shape = choiceFrom(args, 'shape', separationShapes) ?? missing('shape');
  const inputName = textOf(args, 'input-name');
  const segment = wholeFrom(args, 'segment', 2, 2 ** 25);
  const fftSize = wholeFrom(args, 'fft-size', 256, 32_768);
  const hop = wholeFrom(args, 'hop', 64, 16_384);
  const bins = wholeFrom(args, 'bins', 16, 16_385);
  const outputNames = textOf(args, 'output-name')?.split(',');
  return {
    kind: 'separation',
    shape,
    sampleRateHz: wholeFrom(args, 'sample-rate', 8_000, 192_000) ?? 44_100,
    stems: stemsFrom(args),
    overlap: overlapFrom(args),
    normalisation: normalisationFrom(args, shape),
    ...(inputName !== undefined && { inputName }),
    ...(outputNames !== undefined && { outputNames }),
    ...(segment !== undefined && { segment }),
    ...(fftSize !== undefined && { fftSize }),
    ...(hop !== undefined && { hop }),
    ...(bins !== undefined && { bins }),
  };
}

function stemsFrom(args: Arguments): StemName[] {
  const names = (textOf(args, 'stems') ?? missing('stems')).split(',').map((name) => name.trim());
  const stems = stemNames.filter((name) => names.includes(name));
  if (stems.length !== names.length) wrong('stems', `each is one of ${stemNames.join(', ')}, and stands there once`);
  if (!stems.some((name) => name !== 'other' && name !== 'accompaniment')) {
    wrong('stems', 'at least one is neither other nor accompaniment, because those are made from what is left');
  }
  return names as StemName[];
}

function normalisationFrom(args: Arguments, shape: SeparationFacts['shape']): SeparationFacts['normalisation'] {
  const said = choiceFrom(args, 'normalisation', normalisations);
  if (shape !== 'demucs' && said !== undefined && said !== 'none') {
    wrong('normalisation', `magnitudes, as ${shape} takes them, are not normalised`);
  }
  return said ?? (shape === 'demucs' ? 'track' : 'none');
}

function overlapFrom(args: Arguments): number {
  const text = textOf(args, 'overlap') ?? '0.25';
  const value = Number(text);
  return text.trim() !== '' && value >= 0 && value <= 0.9 ? value : wrong('overlap', 'it is a number from 0 to 0.9');
}
