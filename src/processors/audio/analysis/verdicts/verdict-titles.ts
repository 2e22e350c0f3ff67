import { type BandName, bandNames, bandTitles } from './bands.ts';
import type { Bilingual } from './words.ts';

const fixed = {
  ready: { en: 'Ready', 'pt-BR': 'Pronta' },
  'nearly-ready': { en: 'Nearly ready', 'pt-BR': 'Quase pronta' },
  'not-ready': { en: 'Not ready yet', 'pt-BR': 'Ainda não' },
  silent: { en: 'Nothing to hear', 'pt-BR': 'Nada para ouvir' },
  'too-short': { en: 'Too short to judge', 'pt-BR': 'Curta demais para avaliar' },
  'loudness-on-target': { en: 'Loudness fits', 'pt-BR': 'Loudness no alvo' },
  'loudness-above-target': { en: 'Louder than the target', 'pt-BR': 'Mais alta que o alvo' },
  'loudness-below-target': { en: 'Quieter than the target', 'pt-BR': 'Mais baixa que o alvo' },
  'true-peak-safe': { en: 'Peaks have room', 'pt-BR': 'Picos com folga' },
  'true-peak-above-ceiling': { en: 'Peaks too high', 'pt-BR': 'Picos altos demais' },
  'true-peak-above-full-scale': { en: 'Peaks above full scale', 'pt-BR': 'Picos acima do máximo' },
  'clipping-none': { en: 'No clipping', 'pt-BR': 'Sem clipping' },
  clipping: { en: 'Clipping', 'pt-BR': 'Clipping' },
  'dynamics-open': { en: 'Dynamics alive', 'pt-BR': 'Dinâmica preservada' },
  'dynamics-dense': { en: 'Dense dynamics', 'pt-BR': 'Dinâmica densa' },
  'dynamics-crushed': { en: 'Crushed dynamics', 'pt-BR': 'Dinâmica esmagada' },
  'range-wide': { en: 'Large differences of loudness', 'pt-BR': 'Grandes diferenças de loudness' },
  'range-unstable': { en: 'Range not settled', 'pt-BR': 'Variação ainda incerta' },
  'balance-fits': { en: 'Balance fits the genre', 'pt-BR': 'Equilíbrio dentro do gênero' },
  'low-rumble': { en: 'Rumble below the music', 'pt-BR': 'Ronco abaixo da música' },
  'mono-recording': { en: 'One channel only', 'pt-BR': 'Um canal só' },
  'channels-identical': { en: 'Stereo file, mono sound', 'pt-BR': 'Arquivo estéreo, som mono' },
  'channel-silent': { en: 'A silent channel', 'pt-BR': 'Um canal em silêncio' },
  'stereo-fits': { en: 'Stereo image sound', 'pt-BR': 'Imagem estéreo saudável' },
  'stereo-unbalanced': { en: 'Leaning to one side', 'pt-BR': 'Pendendo para um lado' },
  'stereo-too-wide': { en: 'Very wide', 'pt-BR': 'Aberta demais' },
  'bass-too-wide': { en: 'Bass too wide', 'pt-BR': 'Grave aberto demais' },
  'mono-safe': { en: 'Holds up in mono', 'pt-BR': 'Funciona em mono' },
  'mono-loss': { en: 'Loses in mono', 'pt-BR': 'Perde em mono' },
  'phase-inverted': { en: 'Inverted channel', 'pt-BR': 'Canal invertido' },
  'phase-inversions': { en: 'Passages that cancel in mono', 'pt-BR': 'Trechos que se cancelam em mono' },
  'dc-offset': { en: 'Off-centre waveform (DC)', 'pt-BR': 'Onda fora do centro (DC)' },
  'bit-depth-padded': { en: 'Fewer bits than the file says', 'pt-BR': 'Menos bits do que o arquivo diz' },
  'bit-depth-low': { en: 'Too few bits', 'pt-BR': 'Poucos bits' },
  'lossy-source': { en: 'Compressed source', 'pt-BR': 'Fonte comprimida' },
  'lossy-cutoff': { en: 'Treble cut off', 'pt-BR': 'Agudos cortados' },
  'sample-rate-low': { en: 'Low sample rate', 'pt-BR': 'Taxa de amostragem baixa' },
  'noise-floor-high': { en: 'Background noise', 'pt-BR': 'Ruído de fundo' },
  'technical-clean': { en: 'File in order', 'pt-BR': 'Arquivo em ordem' },
  'silence-start': { en: 'Silence at the start', 'pt-BR': 'Silêncio no início' },
  'silence-middle': { en: 'Silence within', 'pt-BR': 'Silêncio no meio' },
  'silence-end': { en: 'Silence at the end', 'pt-BR': 'Silêncio no fim' },
  'tempo-uncertain': { en: 'Tempo uncertain', 'pt-BR': 'Andamento incerto' },
  'key-uncertain': { en: 'Key uncertain', 'pt-BR': 'Tom incerto' },
  detuned: { en: 'Off standard pitch', 'pt-BR': 'Fora da afinação padrão' },
  'reference-match': { en: 'Close to the reference', 'pt-BR': 'Perto da referência' },
  'reference-louder': { en: 'Louder than the reference', 'pt-BR': 'Mais alta que a referência' },
  'reference-quieter': { en: 'Quieter than the reference', 'pt-BR': 'Mais baixa que a referência' },
  'reference-denser': { en: 'Denser than the reference', 'pt-BR': 'Mais densa que a referência' },
  'reference-more-dynamic': { en: 'More dynamic than the reference', 'pt-BR': 'Mais dinâmica que a referência' },
  'reference-narrower': { en: 'Narrower than the reference', 'pt-BR': 'Mais estreita que a referência' },
  'reference-wider': { en: 'Wider than the reference', 'pt-BR': 'Mais aberta que a referência' },
} as const satisfies Record<string, Bilingual>;

export type BandCode = `${'balance' | 'reference'}-${BandName}-${'high' | 'low'}`;

export type VerdictCode = keyof typeof fixed | BandCode;

/** Every code there is, with the few words that stand over its sentence. Explained in docs/verdicts.md. */
export const verdictTitles = {
  ...fixed,
  ...Object.fromEntries(bandNames.flatMap(bandCodeTitles)),
} as Readonly<Record<VerdictCode, Bilingual>>;

export function verdictTitle(code: string): Bilingual {
  return Object.hasOwn(verdictTitles, code) ? verdictTitles[code as VerdictCode] : { en: code, 'pt-BR': code };
}

function bandCodeTitles(name: BandName): [BandCode, Bilingual][] {
  const { en, 'pt-BR': ptBr } = bandTitles[name];
  return [
    [`balance-${name}-high`, { en: `A lot of ${en}`, 'pt-BR': `Muito ${ptBr}` }],
    [`balance-${name}-low`, { en: `Little ${en}`, 'pt-BR': `Pouco ${ptBr}` }],
    [`reference-${name}-high`, { en: `More ${en} than the reference`, 'pt-BR': `Mais ${ptBr} que a referência` }],
    [`reference-${name}-low`, { en: `Less ${en} than the reference`, 'pt-BR': `Menos ${ptBr} que a referência` }],
  ];
}
