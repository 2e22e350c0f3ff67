import type { Judged } from '../analysis.ts';
import type { Spectrogram } from '../spectrum/spectrogram.ts';
import type { GenreName } from '../verdicts/balance-curve.ts';
import type { TargetName } from '../verdicts/targets.ts';
import { type Language, type Speech, speeches } from '../verdicts/words.ts';
import { type Phrases, phrases } from './phrases.ts';

export interface ReportOptions {
  readonly target: TargetName;
  readonly genre: GenreName;
  readonly language: Language;
  /** Of the recording; without one, its file's name, without that "untitled". */
  readonly title: string;
  readonly fileName?: string;
  readonly spectrogram: Spectrogram;
}

/** All that a part of a report is made from. */
export interface ReportSubject extends ReportOptions {
  readonly analysis: Judged;
  readonly speech: Speech;
  readonly phrases: Phrases;
}

export function subjectOf(analysis: Judged, options: ReportOptions): ReportSubject {
  // What another thread has sent is bytes alone, whatever its type says.
  const spectrogram = { ...options.spectrogram, png: Buffer.from(options.spectrogram.png) };
  return { ...options, spectrogram, analysis, speech: speeches[options.language], phrases: phrases[options.language] };
}
