/** A picture that is to be sent away. */
export interface CutOutRequest {
  readonly path: string;
  /** A picture as the eye sees it: upright, without metadata. */
  readonly mediaType: string;
  readonly sizeBytes: number;
  readonly widthPx?: number;
  readonly heightPx?: number;
  /** Exists; what comes back is written here, and whoever made the folder removes it. */
  readonly dir: string;
  readonly signal: AbortSignal;
}

/** Somebody outside who cuts out pictures. */
export interface MaskProvider {
  /** Shown with every result: `gradio`. */
  readonly name: string;
  /** Where pictures go: part of the result's key, shown nowhere. No secrets. */
  readonly address: string;
  /**
   * @returns path of a new file in `dir`: the cut-out, transparent where the background was
   * @throws AppError PROVIDER_UNAVAILABLE, PROVIDER_DENIED, PROVIDER_REFUSED, PROVIDER_BAD_ANSWER; the reason of
   *   `signal` when that aborts
   */
  cutOut(request: CutOutRequest): Promise<string>;
}
