import type { GenreName } from './balance-curve.ts';
import type { Bilingual } from './words.ts';

/** As they stand within a sentence: "usual in samba". */
export const genreTitles: Readonly<Record<GenreName, Bilingual>> = {
  none: { en: 'no genre', 'pt-BR': 'nenhum gênero' },
  pop: { en: 'pop', 'pt-BR': 'pop' },
  rock: { en: 'rock', 'pt-BR': 'rock' },
  'hip-hop': { en: 'hip-hop', 'pt-BR': 'hip-hop' },
  electronic: { en: 'electronic music', 'pt-BR': 'música eletrônica' },
  samba: { en: 'samba', 'pt-BR': 'samba' },
  acoustic: { en: 'acoustic music', 'pt-BR': 'música acústica' },
  classical: { en: 'classical music', 'pt-BR': 'música clássica' },
  speech: { en: 'speech', 'pt-BR': 'fala' },
};
