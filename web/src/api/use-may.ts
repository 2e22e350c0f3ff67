import { useQuery } from '@tanstack/react-query';
import { may, meQuery, type Permission } from './me.ts';

/** Whether whoever looks may do something: what they may not is not offered. */
export function useMay(): (permission: Permission) => boolean {
  const { data: me } = useQuery(meQuery);
  return (permission) => may(me, permission);
}
