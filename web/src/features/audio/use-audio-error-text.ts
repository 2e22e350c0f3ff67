import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import { useLingui } from '@lingui/react/macro';
import { type ShownError, shownError } from '../../api/problem.ts';
import { useErrorText } from '../../ui/use-error-text.ts';

/** Where the words for pictures would mislead. */
const texts: Readonly<Record<string, MessageDescriptor>> = {
  UNSUPPORTED_MEDIA_TYPE: msg`This is not a recording that Esteira reads. Use MP3, WAV, FLAC, AAC, OGG, Opus or AIFF.`,
  INPUT_NOT_ACCEPTED: msg`This kind of file cannot be analysed. Use a recording: MP3, WAV, FLAC, AAC, OGG, Opus or AIFF.`,
  UPLOAD_TOO_LARGE: msg`This recording is larger than the server accepts. Save it as FLAC or MP3, then send it again.`,
  DURATION_LIMIT: msg`This recording is longer than the server accepts. Cut it into parts, then send them.`,
  CODEC_UNAVAILABLE: msg`Only ffmpeg reads this recording, and this server does not have it. Save it as WAV, FLAC or MP3, then send that.`,
  MEDIA_INVALID: msg`This recording is damaged, or is not what its name says. Export it again, and send the new file.`,
  RESOURCE_LIMIT: msg`This recording needs more memory than one job may use. Cut it into parts, then try again.`,
  JOB_MEMORY_LIMIT: msg`This recording needs more memory than one job may use. Cut it into parts, then try again.`,
  JOB_DEADLINE: msg`This took longer than it may. Try again when the server has less to do, or with a shorter recording.`,
  JOB_FAILED: msg`That did not work. Try again; if it fails again, export the recording anew.`,
  JOB_ATTEMPTS_EXHAUSTED: msg`The work was interrupted too often. Try again; if it happens again, this recording may be the reason.`,
  ASSET_NOT_FOUND: msg`The recording is no longer on the server. Add it again.`,
  OBJECT_NOT_FOUND: msg`The recording is no longer on the server. Add it again.`,
  OBJECT_CORRUPT: msg`The stored recording is damaged. Add it again, and have the server’s disk checked.`,
  JOB_NOT_FOUND: msg`This analysis no longer exists. Run it again.`,
};

/** What went wrong with a recording and what to do, in the reader's language. */
export function useAudioErrorText(): (error: ShownError | Error) => string {
  const { i18n } = useLingui();
  const general = useErrorText();
  return (error) => {
    const { code } = error instanceof Error ? shownError(error) : error;
    const known = Object.hasOwn(texts, code) ? texts[code] : undefined;
    return known === undefined ? general(error) : i18n._(known);
  };
}

const codes: ReadonlySet<string> = new Set([
  'UPLOAD_TOO_LARGE',
  'EMPTY_FILE',
  'UNSUPPORTED_MEDIA_TYPE',
  'INPUT_NOT_ACCEPTED',
  'DURATION_LIMIT',
  'CODEC_UNAVAILABLE',
  'MEDIA_INVALID',
  'RESOURCE_LIMIT',
  'ASSET_NOT_FOUND',
]);

/** Whether the recording itself is the reason: to try the same again would be in vain. */
export function isHopelessSound({ code }: ShownError): boolean {
  return codes.has(code);
}
