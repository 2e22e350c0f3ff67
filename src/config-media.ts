import { Type } from 'typebox';
import { gibibyte, mebibyte } from '#kernel/units.ts';

/** What files may be, and who reads them; `configSchema` takes these in. */
export const mediaVariables = {
  ESTEIRA_MAX_UPLOAD_BYTES: Type.Integer({
    description: 'Largest file that may be uploaded.',
    default: 60 * mebibyte,
    minimum: 1,
    maximum: 16 * gibibyte,
    unit: 'bytes',
  }),
  ESTEIRA_MAX_PIXELS: Type.Integer({
    description:
      'Largest picture (width × height) that is accepted. The default takes the full resolution of 50 and 64 ' +
      'megapixel phones and of 61 megapixel cameras; decoded, it is 400 MB.',
    default: 100_000_000,
    minimum: 1,
    maximum: 1_000_000_000,
    unit: 'pixels',
  }),
  ESTEIRA_MAX_FRAMES: Type.Integer({
    description: 'Most frames or pages that a picture may have.',
    default: 1_000,
    minimum: 1,
    maximum: 1_000_000,
    unit: 'frames',
  }),
  ESTEIRA_MAX_DURATION_SECONDS: Type.Integer({
    description:
      'Longest recording that is accepted. Long ones are large: three hours are 430 MB as MP3 of 320 kbit/s and 1.9 GB as ' +
      'WAV, so `ESTEIRA_MAX_UPLOAD_BYTES` has to be raised with it.',
    default: 4 * 3_600,
    minimum: 1,
    maximum: 24 * 3_600,
    unit: 'seconds',
  }),
  ESTEIRA_FFMPEG: Type.Enum(['auto', 'off'], {
    description:
      'Whether recordings that only ffmpeg reads (ALAC, HE-AAC, WebM, CAF) are decoded by the `ffmpeg` that the `PATH` ' +
      'of the worker leads to. Without one, and with `off`, jobs with them end in `CODEC_UNAVAILABLE`.',
    default: 'auto',
  }),
};
