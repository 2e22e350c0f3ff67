import { hashOfJson } from '#kernel/canonical-json.ts';
import type { SeparationDescriptor, StemName } from '../../../shared/models/separation-descriptor.ts';

/** A session keeps the weights, and most of them a second time in the order in which they are multiplied. */
const weightsFactor = 2;
/** Activations against the input, from what users of Demucs and Spleeter report; not measured here. */
const activationsFactor = { demucs: 500, 'open-unmix': 50, spleeter: 50 } as const;
/** On one core, of a second of music; Demucs' makers say 1.5 on a whole processor. */
const cpuSecondsPerSecond = { demucs: 3, 'open-unmix': 0.5, spleeter: 0.3 } as const;

/** Memory of opening a model that was added and running it once. */
export function workingBytesOf({ sizeBytes, workingBytes, shape, segment, bins = 1 }: SeparationDescriptor): number {
  return workingBytes ?? weightsFactor * sizeBytes + activationsFactor[shape] * 2 * 4 * segment * bins;
}

export function cpuSecondsOf({ shape }: SeparationDescriptor, recordingSeconds: number): number {
  return 5 + cpuSecondsPerSecond[shape] * recordingSeconds;
}

/** What decides over the stems: the graph's bytes, and all that is said of how to feed and read it. */
export function hashesOf(model: SeparationDescriptor): readonly string[] {
  const { sha256, name: _name, fileName: _file, sizeBytes: _size, licence: _licence, ...facts } = model;
  const { source: _source, addedAt: _addedAt, workingBytes: _workingBytes, ...deciding } = facts;
  return [sha256, hashOfJson(deciding)];
}

/** What is taken from the network; what is left is made from the recording. */
export function estimatesOf({ stems }: SeparationDescriptor): readonly StemName[] {
  return stems.filter((name) => name !== 'other' && name !== 'accompaniment');
}
