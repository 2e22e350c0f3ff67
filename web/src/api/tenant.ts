import { request } from './client.ts';
import type { Page } from './job.ts';
import type { Plan } from './usage.ts';

export interface Tenant {
  readonly id: string;
  readonly name: string;
  readonly status?: 'active' | 'suspended';
  /** How long results are kept; 0: for ever; null: as long as the server keeps them. */
  readonly resultTtlSeconds: number | null;
  readonly createdAt: string;
  readonly planId?: string;
}

export function getTenant(signal?: AbortSignal): Promise<Tenant> {
  return request('/v1/tenants/current', { signal });
}

export function changeTenant(changes: {
  readonly name?: string;
  readonly resultTtlSeconds?: number | null;
}): Promise<Tenant> {
  return request('/v1/tenants/current', { method: 'PATCH', json: changes });
}

export function listTenants(cursor: string | undefined, signal?: AbortSignal): Promise<Page<Tenant>> {
  return request(`/v1/tenants${cursor === undefined ? '' : `?${new URLSearchParams({ cursor })}`}`, { signal });
}

/** @returns it with the link for its owner, who has no account yet */
export function createTenant(tenant: {
  readonly name: string;
  readonly ownerEmail: string;
}): Promise<Tenant & { readonly invitation: { readonly url: string } | null }> {
  return request('/v1/tenants', { method: 'POST', json: tenant });
}

export function setTenantPlan({
  id,
  ...plan
}: {
  readonly id: string;
  readonly planId?: string;
  readonly status?: 'active' | 'suspended';
}): Promise<unknown> {
  return request(`/v1/tenants/${id}/plan`, { method: 'PUT', json: plan });
}

export function listPlans(signal?: AbortSignal): Promise<Page<Plan>> {
  return request('/v1/plans', { signal });
}

export function createPlan(plan: Plan): Promise<unknown> {
  return request('/v1/plans', { method: 'POST', json: plan });
}

export function changePlan({ id, ...plan }: Plan): Promise<unknown> {
  return request(`/v1/plans/${encodeURIComponent(id)}`, { method: 'PUT', json: plan });
}

export function removePlan(id: string): Promise<unknown> {
  return request(`/v1/plans/${encodeURIComponent(id)}`, { method: 'DELETE' });
}

export interface LimitsMode {
  readonly mode: 'normal' | 'aggressive';
  readonly until?: string | null;
}

export function getLimitsMode(signal?: AbortSignal): Promise<LimitsMode> {
  return request('/v1/ops/limits', { signal });
}

export function setLimitsMode(mode: LimitsMode): Promise<LimitsMode> {
  return request('/v1/ops/limits', { method: 'PUT', json: mode });
}
