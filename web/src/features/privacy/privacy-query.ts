import { queryOptions } from '@tanstack/react-query';
import { getPrivacy, type PrivacyExport } from '../../api/privacy.ts';

const soonMs = 2_000;

/** Looked at again while an export is being made. */
export const privacyQuery = queryOptions({
  queryKey: ['privacy'],
  queryFn: ({ signal }) => getPrivacy(signal),
  refetchInterval: ({ state }) => (state.data?.exports.some(({ status }) => isUnderWay(status)) ? soonMs : false),
});

export function isUnderWay(status: PrivacyExport['status']): boolean {
  return status === 'queued' || status === 'running';
}
