import { queryOptions } from '@tanstack/react-query';
import { getPrivacy } from '../../api/privacy.ts';

const soonMs = 2_000;

/** Looked at again while an export is being made. */
export const privacyQuery = queryOptions({
  queryKey: ['privacy'],
  queryFn: ({ signal }) => getPrivacy(signal),
  refetchInterval: ({ state }) => (state.data?.exports.some(({ status }) => isUnderWay(status)) ? soonMs : false),
});

export function isUnderWay(status: string): boolean {
  return status === 'queued' || status === 'pending' || status === 'active' || status === 'running';
}
