import { useEffect, useState } from 'react';

/**
 * The token of a link, from behind its `#`: that part is sent to no server. It is taken out of the address at once, so
 * that it does not stay in the history.
 */
export function useLinkToken(fromSearch = ''): string {
  const [token] = useState(() => decoded(location.hash.slice(1)) || fromSearch);
  useEffect(() => {
    if (location.hash !== '' || location.search !== '') history.replaceState(history.state, '', location.pathname);
  }, []);
  return token;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
