import { type Static, Type } from 'typebox';
import { audioFileFormats } from '../../shared/audio/encode/encoder.ts';
import { maxModelNameChars, modelNamePattern } from '../../shared/models/model-descriptor.ts';
import { stemNames } from '../../shared/models/separation-descriptor.ts';

/** No network: it needs nothing that is not in this folder. */
export const signalProcessing = 'signal-processing';

const anyStem = `(${stemNames.join('|')})`;

export const stemsParams = Type.Object(
  {
    mode: Type.Enum(['four', 'two'], {
      default: 'four',
      description:
        'four: vocals, drums, bass and other, or what else the model tells apart; two: vocals and accompaniment.',
    }),
    stems: Type.String({
      default: 'all',
      pattern: `^(all|${anyStem}(,${anyStem})*)$`,
      maxLength: 100,
      description: 'Which of them are wanted, as in vocals,drums: no others are written.',
    }),
    format: Type.Enum([...audioFileFormats], {
      default: 'wav',
      description:
        'wav: 32-bit floats, of which all stems add up to the recording; flac: 24 bits, the same as far as none is above full ' +
        'scale; mp3: for listening.',
    }),
    model: Type.String({
      default: signalProcessing,
      pattern: modelNamePattern,
      maxLength: maxModelNameChars,
      description: `${signalProcessing}: without a network; or a separation model that was added to the server (GET /v1/models).`,
    }),
  },
  { additionalProperties: false },
);

export type StemsParams = Static<typeof stemsParams>;
