import { type Static, Type } from 'typebox';

export const targetNames = [
  'spotify',
  'apple-music',
  'youtube',
  'deezer',
  'tidal',
  'amazon-music',
  'soundcloud',
  'ebu-r128',
  'club',
  'podcast',
] as const;

export const genreNames = [
  'none',
  'pop',
  'rock',
  'hip-hop',
  'electronic',
  'samba',
  'acoustic',
  'classical',
  'speech',
] as const;

export const analysisParams = Type.Object(
  {
    target: Type.Enum([...targetNames], { default: 'spotify', description: 'Where the recording is to be heard.' }),
    genre: Type.Enum([...genreNames], {
      default: 'none',
      description: 'Whose balance of bass and treble it is held against.',
    }),
    report: Type.Enum(['none', 'html', 'pdf'], {
      default: 'none',
      description: 'Also make a report to read and to send.',
    }),
    language: Type.Enum(['pt-BR', 'en'], {
      default: 'en',
      description: 'Of the report; the JSON is in both.',
    }),
    title: Type.String({ default: '', maxLength: 200, description: 'Of the report.' }),
  },
  { additionalProperties: false },
);

export type AnalysisParams = Static<typeof analysisParams>;
