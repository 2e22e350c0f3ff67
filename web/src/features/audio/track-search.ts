export type TrackTab = 'analysis' | 'stems';

export interface TrackSearch {
  readonly view?: TrackTab;
  /** Job of another analysis that this one is held against. */
  readonly with?: string;
  /** Job that makes its stems. */
  readonly stems?: string;
}
