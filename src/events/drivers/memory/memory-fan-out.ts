import type { FanOut } from '../../fan-out.ts';
import { LocalListeners } from '../../local-listeners.ts';

/** For one process alone. */
export function memoryFanOut(): FanOut {
  const listeners = new LocalListeners();
  return {
    driver: 'memory',
    tell: (topic, ids) => listeners.tell(topic, ids),
    on: (topic, listener) => listeners.on(topic, listener),
    check: async () => {},
    close: async () => listeners.clear(),
  };
}
