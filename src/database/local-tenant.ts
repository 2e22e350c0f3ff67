/** The one tenant and the one user of local mode, made by the first migration. */
export const localTenantId = '00000000-0000-7000-8000-000000000001';
export const localUserId = '00000000-0000-7000-8000-000000000002';
