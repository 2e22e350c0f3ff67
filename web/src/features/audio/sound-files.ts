/** Endings stand beside the types: browsers do not know the type of all of them. */
export const acceptedSound = 'audio/*,.mp3,.wav,.wave,.flac,.ogg,.oga,.opus,.m4a,.aac,.aif,.aiff,.wma,.caf,.w64,.rf64';

/** For people; in the order of how often they are met. */
export const soundKinds = 'MP3 · WAV · FLAC · AAC · OGG · Opus · AIFF';

const soundName = /\.(?:mp3|wave?|flac|og[ga]|opus|m4a|aac|aiff?|wma|caf|w64|rf64|mp4|webm)$/i;

/** A folder holds other things too: a person who drops it means its recordings. */
export function soundsOf(files: readonly File[]): readonly File[] {
  return files.filter(({ name }) => !name.startsWith('.') && soundName.test(name));
}
