import type { targetNames } from '../params.ts';
import type { Bilingual } from './words.ts';

export type TargetName = (typeof targetNames)[number];

/** Where a number is written down, and whether by those who apply it. */
export interface TargetSource {
  readonly title: string;
  readonly url: string;
  /** Of the document where it bears one. */
  readonly dated?: string;
  readonly readOn: string;
  /** `primary`: said by the service or the standard itself. `secondary`: measured or told by others, not confirmed. */
  readonly kind: 'primary' | 'secondary';
  readonly note?: string;
}

/** How a place where recordings are heard treats their loudness. */
export interface Target {
  readonly name: string;
  /** As it stands behind "for". */
  readonly place: Bilingual;
  /** Who asks for a loudness, as it begins a sentence; where something is delivered. */
  readonly demand?: Bilingual;
  /**
   * `playback`: the service changes the volume while it plays. `delivery`: what is handed in must have this loudness.
   * `as-is`: nobody changes anything; the number is what others have there.
   */
  readonly kind: 'playback' | 'delivery' | 'as-is';
  readonly lufs: number;
  /** For a recording of one channel, which both loudspeakers play. */
  readonly monoLufs?: number;
  /** Within it, nothing needs to be said. */
  readonly toleranceLu: number;
  /** Beyond the first tolerance and within this one: allowed where nothing better can be had. */
  readonly looseToleranceLu?: number;
  /** `headroom`: turned up until the peaks reach `upToDbtp`. `limiter`: turned up, and peaks held there. */
  readonly turnsUp: 'never' | 'headroom' | 'limiter';
  readonly upToDbtp?: number;
  /** Highest true peak that is asked for. */
  readonly ceilingDbtp: number;
  /** The same for recordings louder than `lufs`. */
  readonly loudCeilingDbtp?: number;
  readonly sources: readonly TargetSource[];
}

const readOn = '2026-11-21';

const spotifyHelp: TargetSource = {
  title: 'Spotify, Loudness normalization (support for artists)',
  url: 'https://support.spotify.com/us/artists/article/loudness-normalization',
  readOn,
  kind: 'primary',
  note:
    'Normal −14 LUFS (ITU-R BS.1770), quiet −19, loud −11 with a limiter at −1 dB. Positive gain leaves 1 dB of ' +
    'headroom: a track of −20 LUFS that peaks at −5 is lifted to −16 only. Masters below −1 dBTP, below −2 when they are ' +
    'louder than −14 LUFS. Albums are changed as a whole, which one track alone cannot tell.',
};

const loudnessTables: TargetSource = {
  title: 'APU Software, loudness targets',
  url: 'https://apu.software/',
  readOn,
  kind: 'secondary',
  note: 'One page for each service; no page of the service itself could be read that gives the number.',
};

/** What each place does, with the source of every number. */
export const targets: Readonly<Record<TargetName, Target>> = {
  spotify: {
    name: 'Spotify',
    place: { en: 'Spotify', 'pt-BR': 'o Spotify' },
    kind: 'playback',
    lufs: -14,
    toleranceLu: 1,
    turnsUp: 'headroom',
    upToDbtp: -1,
    ceilingDbtp: -1,
    loudCeilingDbtp: -2,
    sources: [spotifyHelp],
  },
  'apple-music': {
    name: 'Apple Music',
    place: { en: 'Apple Music', 'pt-BR': 'o Apple Music' },
    kind: 'playback',
    lufs: -16,
    toleranceLu: 1,
    turnsUp: 'headroom',
    upToDbtp: -1,
    ceilingDbtp: -1,
    sources: [
      {
        title: 'APU Software, Apple Music loudness target',
        url: 'https://apu.software/apple-music-loudness-target',
        readOn,
        kind: 'secondary',
        note:
          'Apple describes Sound Check without a number; −16 LUFS is what others measure, and so is that quiet tracks are ' +
          'turned up as far as their peaks allow.',
      },
    ],
  },
  youtube: {
    name: 'YouTube',
    place: { en: 'YouTube', 'pt-BR': 'o YouTube' },
    kind: 'playback',
    lufs: -14,
    toleranceLu: 1,
    turnsUp: 'never',
    ceilingDbtp: -1,
    sources: [
      {
        title: 'Production Advice, YouTube and YouTube Music loudness',
        url: 'https://productionadvice.co.uk/youtube-music/',
        readOn,
        kind: 'secondary',
        note:
          'YouTube publishes no number. "Stats for nerds" shows videos turned down to −14 LUFS and none turned up; the ' +
          'YouTube Music app turns down above −7 LUFS only. The ceiling is the usual one for lossy codecs.',
      },
    ],
  },
  deezer: {
    name: 'Deezer',
    place: { en: 'Deezer', 'pt-BR': 'o Deezer' },
    kind: 'playback',
    lufs: -15,
    toleranceLu: 1,
    turnsUp: 'never',
    ceilingDbtp: -1,
    sources: [
      {
        ...loudnessTables,
        url: 'https://apu.software/deezer-loudness-target',
        note: 'Not confirmed by Deezer. Others disagree on whether it turns up; never turning up promises the least.',
      },
    ],
  },
  tidal: {
    name: 'TIDAL',
    place: { en: 'TIDAL', 'pt-BR': 'o TIDAL' },
    kind: 'playback',
    lufs: -14,
    toleranceLu: 1,
    turnsUp: 'never',
    ceilingDbtp: -1,
    sources: [
      {
        title: 'MeterPlugs, Tidal adds loudness normalization',
        url: 'https://www.meterplugs.com/blog/2016/10/07/tidal-adds-loudness-normalization.html',
        dated: '2016-10-07',
        readOn,
        kind: 'secondary',
        note:
          'Told by TIDAL to the author: −14 LUFS by ITU-R BS.1770, never raised. It is known to go by the loudest track of ' +
          'an album; one track alone is treated here as that loudest track.',
      },
    ],
  },
  'amazon-music': {
    name: 'Amazon Music',
    place: { en: 'Amazon Music', 'pt-BR': 'o Amazon Music' },
    kind: 'playback',
    lufs: -14,
    toleranceLu: 1,
    turnsUp: 'never',
    ceilingDbtp: -2,
    sources: [
      {
        ...loudnessTables,
        url: 'https://apu.software/amazon-music-loudness',
        note: '−14 LUFS and −2 dBTP; not confirmed by Amazon. Whether it turns up is not known; it is taken not to.',
      },
    ],
  },
  soundcloud: {
    name: 'SoundCloud',
    place: { en: 'SoundCloud', 'pt-BR': 'o SoundCloud' },
    kind: 'playback',
    lufs: -14,
    toleranceLu: 1,
    turnsUp: 'never',
    ceilingDbtp: -1,
    sources: [
      {
        ...loudnessTables,
        url: 'https://apu.software/soundcloud-loudness-target',
        note: 'Not confirmed by SoundCloud; older guides say that it changes nothing.',
      },
    ],
  },
  'ebu-r128': {
    name: 'EBU R 128',
    place: { en: 'broadcast by EBU R 128', 'pt-BR': 'transmissão pela EBU R 128' },
    demand: { en: 'EBU R 128 asks for', 'pt-BR': 'A EBU R 128 pede' },
    kind: 'delivery',
    lufs: -23,
    toleranceLu: 0.5,
    looseToleranceLu: 1,
    turnsUp: 'headroom',
    upToDbtp: -1,
    ceilingDbtp: -1,
    sources: [
      {
        title: 'EBU R 128, Loudness normalisation and permitted maximum level of audio signals',
        url: 'https://tech.ebu.ch/publications/r128',
        dated: 'version 4.0, August 2020; version 3.0, June 2014',
        readOn,
        kind: 'primary',
        note:
          '−23 LUFS; ±0.5 LU since version 3.0, ±1 LU where the level cannot be met exactly, such as live; at most ' +
          '−1 dBTP in production.',
      },
    ],
  },
  club: {
    name: 'Club',
    place: { en: 'clubs', 'pt-BR': 'o clube' },
    kind: 'as-is',
    lufs: -9,
    toleranceLu: 2,
    turnsUp: 'never',
    ceilingDbtp: -1,
    sources: [
      {
        title: 'Signum Audio, New club loudness preset developed by SAE Glasgow',
        url: 'https://www.signumaudio.com/new-club-preset-developed-by-sae-glasgow',
        readOn,
        kind: 'secondary',
        note:
          'No standard exists: DJs who were given masters from −14 to −8 LUFS found −9 ±1 to sit well between what they ' +
          'play, −14 too quiet; −1 dBTP throughout. The tolerance here is twice as wide, as guides name −11 to −7.',
      },
    ],
  },
  podcast: {
    name: 'Podcast',
    place: { en: 'podcast platforms', 'pt-BR': 'plataformas de podcast' },
    demand: { en: 'Podcast platforms ask for', 'pt-BR': 'As plataformas de podcast pedem' },
    kind: 'delivery',
    lufs: -16,
    monoLufs: -19,
    toleranceLu: 1,
    turnsUp: 'headroom',
    upToDbtp: -1,
    ceilingDbtp: -1,
    sources: [
      {
        title: 'Apple Podcasts, Audio requirements',
        url: 'https://podcasters.apple.com/support/893-audio-requirements',
        readOn,
        kind: 'secondary',
        note:
          'Apple asks for −16 LKFS ±1 dB and at most −1 dBTP: the copy of its page that could be read breaks off before ' +
          'that line, which is as quoted at https://www.hanna-eng.com/guides/podcast-loudness/. The −19 LUFS for one ' +
          'channel are a custom: both loudspeakers play it, which adds 3 dB.',
      },
    ],
  },
};

/** Other settings of a service that people use, shown beside its normal one. */
export const playbackModes: Readonly<Record<string, Target>> = {
  'spotify-loud': { ...targets.spotify, name: 'Spotify (loud)', lufs: -11, turnsUp: 'limiter', upToDbtp: -1 },
  'spotify-quiet': { ...targets.spotify, name: 'Spotify (quiet)', lufs: -19 },
};

/** The target's loudness for this number of channels. */
export function targetLufs(target: Target, channels: number): number {
  return channels === 1 ? (target.monoLufs ?? target.lufs) : target.lufs;
}

/** Highest true peak that the target asks of a recording of this loudness. */
export function ceilingDbtp(target: Target, integratedLufs: number | null): number {
  const loud = integratedLufs !== null && integratedLufs > target.lufs;
  return loud ? (target.loudCeilingDbtp ?? target.ceilingDbtp) : target.ceilingDbtp;
}

/** What people call an entry of `services`. */
export function serviceName(target: string, language: 'en' | 'pt-BR'): string {
  const entry: Target | undefined = { ...targets, ...playbackModes }[target];
  if (entry === undefined) return target;
  if (language === 'en') return entry.name;
  return entry.name.replace('(loud)', '(alto)').replace('(quiet)', '(baixo)').replace('Club', 'Clube');
}
