/** Room for one upload, held until its asset is there or it is released. */
export interface HeldRoom {
  /** That the asset is to have. Undefined where nothing had to be held. */
  readonly id: string | undefined;
  release(): Promise<void>;
}

/**
 * What a tenant's plan allows, asked before bytes are received. The database asks the same again when it writes what has
 * become of them, whichever way they came, so this only keeps work from being done in vain.
 */
export interface Quota {
  /**
   * Most bytes of one upload; Infinity where the plan says nothing.
   *
   * @throws AppError TENANT_SUSPENDED
   */
  uploadBytes(tenantId: string): Promise<number>;
  /**
   * Holds room for an upload that is about to come; of many at once no more than fit get it.
   *
   * @param sizeBytes what it has at least
   * @throws AppError TENANT_SUSPENDED, UPLOAD_TOO_LARGE, QUOTA_EXCEEDED
   */
  hold(tenantId: string, sizeBytes: number): Promise<HeldRoom>;
}

/** For where everything is allowed. */
export const noQuota: Quota = {
  uploadBytes: async () => Number.POSITIVE_INFINITY,
  hold: async () => nothingHeld,
};

export const nothingHeld: HeldRoom = { id: undefined, release: async () => {} };
