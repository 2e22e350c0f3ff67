import type { MessageDescriptor } from '@lingui/core';
import { msg } from '@lingui/core/macro';
import type { Analysis, Genre, Target } from '../../api/audio.ts';

/** Names of services are the same in every language. */
export const targetNames: Readonly<Record<Target, MessageDescriptor | string>> = {
  spotify: 'Spotify',
  'apple-music': 'Apple Music',
  youtube: 'YouTube',
  deezer: 'Deezer',
  tidal: 'TIDAL',
  'amazon-music': 'Amazon Music',
  soundcloud: 'SoundCloud',
  'ebu-r128': msg`Broadcast (EBU R 128)`,
  club: msg`Club`,
  podcast: msg`Podcast`,
};

/** What a service can be set to besides. */
export const modeNames: Readonly<Record<string, MessageDescriptor>> = {
  'spotify-loud': msg`Spotify, set to loud`,
  'spotify-quiet': msg`Spotify, set to quiet`,
};

export const genreNames: Readonly<Record<Genre, MessageDescriptor>> = {
  none: msg`No genre`,
  pop: msg`Pop`,
  rock: msg`Rock`,
  'hip-hop': msg`Hip-hop`,
  electronic: msg`Electronic`,
  samba: msg`Samba`,
  acoustic: msg`Acoustic`,
  classical: msg`Classical`,
  speech: msg`Speech`,
};

type Band = NonNullable<Analysis['stereo']>['bands'][number]['name'];

export const bandNames: Readonly<Record<Band, MessageDescriptor>> = {
  sub: msg`Sub-bass`,
  bass: msg`Bass`,
  'low-mid': msg`Low mids`,
  mid: msg`Mids`,
  'high-mid': msg`High mids`,
  treble: msg`Treble`,
};
