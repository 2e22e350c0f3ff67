import type { MediaInfo, Need, NeededResult } from '../../contract.ts';
import { isFfmpegType } from './sound-types.ts';

/** What has to be made of recordings that only ffmpeg can read, before anything else is done with them. */
export function decodeNeeds(inputs: readonly MediaInfo[]): readonly Need[] {
  return inputs.flatMap(({ mediaType }, input) =>
    isFfmpegType(mediaType) ? [{ processor: 'audio.decode', params: {}, input }] : [],
  );
}

interface Decoded {
  readonly inputs: readonly (MediaInfo & { readonly path: string })[];
  /** What `decodeNeeds` asked for, in its order, and nothing before it. */
  readonly needed: readonly NeededResult[];
}

export interface DecodedInput {
  readonly path: string;
  readonly mediaType: string;
  /** What the recording was before it was decoded, where it was: in the words of `AudioFormat`. */
  readonly original?: { readonly container: string; readonly codec: string };
}

/**
 * The file to open for an input: itself, or what `audio.decode` made of it.
 *
 * @throws RangeError when there is no such input: a mistake of the program
 */
export function decodedPath({ inputs, needed }: Decoded, inputIndex: number): DecodedInput {
  const input = inputs[inputIndex];
  if (input === undefined) throw new RangeError(`there is no input ${inputIndex}`);
  if (!isFfmpegType(input.mediaType)) return { path: input.path, mediaType: input.mediaType };
  const made = needed[decodeNeeds(inputs.slice(0, inputIndex)).length];
  if (made === undefined) throw new RangeError(`input ${inputIndex} was not decoded`);
  const { container, codec } = made.data ?? {};
  const original = { container: String(container), codec: String(codec) };
  return { path: made.path, mediaType: made.mediaType, original };
}
