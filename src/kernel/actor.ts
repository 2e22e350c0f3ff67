/** On whose behalf something happens. Until accounts exist, the fixed ids of local mode. */
export interface Actor {
  readonly tenantId: string;
  readonly userId: string;
}
