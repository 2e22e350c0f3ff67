/**
 * What `audio.analysis` says of a recording: its first output, as JSON.
 *
 * Levels are in dB of full scale, places in seconds from the start. `null` stands for minus infinity, which JSON does not
 * have (the level of silence), and for what a recording is too short or too quiet to tell.
 */
export interface Analysis {
  readonly durationSeconds: number;
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly source: Source;
  readonly loudness: Loudness;
  readonly dynamics: Dynamics;
  /** `null` for a recording of one channel. */
  readonly stereo: Stereo | null;
  readonly spectrum: Spectrum;
  readonly rhythm: Rhythm;
  readonly tonality: Tonality;
  /** Stretches below −70 dBFS of half a second and more. */
  readonly silence: readonly Silence[];
  readonly series: Series;
  readonly waveform: Waveform;
  /** Every service's own treatment of this recording, the chosen target among them. */
  readonly services: readonly ServiceOutcome[];
  /** Only where a reference was given. */
  readonly comparison?: Comparison;
  /** The worst first. */
  readonly verdicts: readonly Verdict[];
  /** All of it in some lines, for terminals and messages: is it ready, the figures, what to do. */
  readonly summary: Spoken;
}

type Level = number | null;

export interface Place {
  readonly startSeconds: number;
  readonly endSeconds: number;
}

export interface Source {
  readonly container: string;
  readonly codec: string;
  readonly bitsPerSample: number | null;
  readonly layout: readonly string[];
}

export interface Loudness {
  /** ITU-R BS.1770-5. */
  readonly integratedLufs: Level;
  readonly maxShortTermLufs: Level;
  readonly maxMomentaryLufs: Level;
  /** EBU Tech 3342; says little below a minute, see `rangeStable`. */
  readonly rangeLu: number | null;
  readonly rangeStable: boolean;
  readonly truePeakDbtp: Level;
  readonly samplePeakDbfs: Level;
  /** Peak to loudness ratio: true peak − integrated. */
  readonly plrDb: number | null;
  readonly channelTruePeaksDbtp: readonly Level[];
  /** Where true peak is above −1 dBTP: the highest places, at most 100, in the order of time. */
  readonly peaks: readonly (Place & { readonly channel: number; readonly dbtp: number })[];
}

export interface Dynamics {
  readonly rmsDbfs: Level;
  readonly crestDb: number | null;
  /** DR of the Pleasurize Music Foundation, over all channels. */
  readonly dynamicRangeDb: number | null;
  readonly clippedSamples: number;
  /** Runs of three and more equal samples at the top of their channel; at most 100, the longest, in the order of time. */
  readonly clips: readonly (Place & { readonly channel: number; readonly samples: number })[];
  /** Mean of the channel that is furthest from zero, −1 … 1. */
  readonly dcOffset: number;
  readonly noiseFloorDbfs: Level;
  /** Bits in which the samples really differ; null for what no file of whole numbers holds. */
  readonly effectiveBits: number | null;
}

export interface Stereo {
  /** −1 … 1 of the first two channels. */
  readonly correlation: number | null;
  /** Side against mid and side together: 0 mono, 50 as much side as mid, 100 nothing but side. */
  readonly widthPercent: number | null;
  /** Loudness of the sum to mono against that of the stereo signal; 0 loses nothing, −3 for two unrelated channels. */
  readonly monoCompatibilityDb: Level;
  /** Level of left against right. */
  readonly balanceDb: number | null;
  readonly bands: readonly StereoBand[];
  /** Stretches of a second and more that cancel in mono. */
  readonly inversions: readonly (Place & { readonly correlation: number })[];
}

export interface StereoBand {
  readonly name: 'sub' | 'bass' | 'low-mid' | 'mid' | 'high-mid' | 'treble';
  readonly fromHz: number;
  readonly toHz: number;
  readonly correlation: number | null;
  readonly widthPercent: number | null;
  readonly monoCompatibilityDb: Level;
}

export interface Spectrum {
  /** Mean power in the bands of IEC 61260-1, 25 Hz … 20 kHz as far as the sample rate reaches, dBFS. */
  readonly thirdOctaveDb: readonly { readonly centerHz: number; readonly db: Level }[];
  /** Mean power spectrum, 24 points an octave from 20 Hz, dBFS in a third of an octave. */
  readonly curve: readonly { readonly hz: number; readonly db: Level }[];
  readonly centroidHz: number | null;
  /** Below it lie 85 % of the power. */
  readonly rolloffHz: number | null;
  readonly spreadHz: number | null;
  /** 0 a tone … 1 noise. */
  readonly flatness: number | null;
  /** Slope of the curve from 63 Hz to 8 kHz. */
  readonly tiltDbPerOctave: number | null;
  /** Above it there is next to nothing: what a lossy codec cut off. */
  readonly highestHz: number | null;
}

export interface Rhythm {
  readonly tempoBpm: number | null;
  /** 0 … 1. */
  readonly confidence: number;
  /** The other readings, best first; half and double time among them. */
  readonly candidates: readonly {
    readonly tempoBpm: number;
    readonly confidence: number;
    readonly relation: 'half' | 'double' | 'other';
  }[];
  readonly beatsSeconds: readonly number[];
  readonly onsetsSeconds: readonly number[];
}

export interface Tonality {
  /** `A minor`, `F# major`; null where nothing has a pitch. */
  readonly key: string | null;
  /** 0 … 1. */
  readonly confidence: number;
  readonly runnerUp: { readonly key: string; readonly confidence: number } | null;
  /** Of the whole recording against A = 440 Hz, −50 … 50. */
  readonly detuningCents: number | null;
  /** Strength of C, C#, … B; the strongest is 1. */
  readonly chroma: readonly number[];
}

export interface Silence extends Place {
  readonly where: 'start' | 'middle' | 'end' | 'all';
}

/** What changes over time, for pictures: at most 1,200 points, all arrays of one length. */
export interface Series {
  readonly stepSeconds: number;
  /** The highest of each step. */
  readonly momentaryLufs: readonly Level[];
  readonly shortTermLufs: readonly Level[];
  readonly truePeakDbtp: readonly Level[];
  readonly correlation: readonly (number | null)[];
  readonly centroidHz: readonly (number | null)[];
  /** Level of the six bands of `StereoBand`, low to high. */
  readonly bandsDb: readonly (readonly Level[])[];
}

/** Lowest and highest sample of each step over all channels, −1 … 1; at most 1,600 steps. */
export interface Waveform {
  readonly stepSeconds: number;
  readonly low: readonly number[];
  readonly high: readonly number[];
}

export interface ServiceOutcome {
  readonly target: string;
  /** What the service adds, after its own limits on it. */
  readonly gainDb: number | null;
  readonly playsAtLufs: Level;
  readonly truePeakDbtp: Level;
}

/** This recording against the reference: positive where this one has more. */
export interface Comparison {
  readonly reference: {
    readonly integratedLufs: Level;
    readonly rangeLu: number | null;
    readonly truePeakDbtp: Level;
    readonly thirdOctaveDb: Spectrum['thirdOctaveDb'];
    readonly curve: Spectrum['curve'];
  };
  readonly loudnessDb: number | null;
  readonly rangeLu: number | null;
  readonly plrDb: number | null;
  readonly widthPercent: number | null;
  /** At equal loudness. */
  readonly thirdOctaveDb: readonly { readonly centerHz: number; readonly db: number | null }[];
  readonly bands: readonly {
    readonly name: StereoBand['name'];
    readonly levelDb: number | null;
    readonly widthPercent: number | null;
  }[];
}

export interface Verdict {
  /** A promise to programs: `loudness-above-target`. */
  readonly code: string;
  readonly severity: 'problem' | 'warning' | 'advice' | 'good';
  /** In the unit that `unit` names. */
  readonly measured: number | null;
  readonly target: number | null;
  readonly unit: string;
  readonly places: readonly Place[];
  readonly text: Spoken;
}

/** In both languages of the reports. */
export interface Spoken {
  readonly 'pt-BR': string;
  readonly en: string;
}

/** What is measured, before anybody judges it. */
export type Measured = Omit<Analysis, 'services' | 'comparison' | 'verdicts' | 'summary'>;

/** Measured and judged. */
export type Judged = Omit<Analysis, 'summary'>;
