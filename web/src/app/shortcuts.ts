import type { MessageDescriptor } from '@lingui/core';
import { useEffect, useEffectEvent, useSyncExternalStore } from 'react';

/** A key that does something on the page that is shown. */
export interface Shortcut {
  /** As `KeyboardEvent.key`; with `mod+` for Ctrl, ⌘ on a Mac, `mod+shift+` with both. */
  readonly key: string;
  readonly label: MessageDescriptor;
  readonly run: () => void;
}

let active: readonly Shortcut[] = [];
const listeners = new Set<() => void>();

/**
 * Makes keys work while the component is shown, and lists them in the help. Keys are left alone where somebody types
 * and in dialogs.
 *
 * @param shortcuts their keys and labels must not change
 */
export function useShortcuts(shortcuts: readonly Shortcut[]): void {
  const run = useEffectEvent((key: string) => shortcuts.find((shortcut) => shortcut.key === key)?.run());
  const list = useEffectEvent(() => shortcuts);
  useEffect(() => {
    const own = list();
    publish([...active, ...own]);
    const onKeyDown = (event: KeyboardEvent): void => {
      const key = keyOf(event);
      if (event.defaultPrevented || !own.some((shortcut) => shortcut.key === key) || isTaken(event)) return;
      event.preventDefault();
      run(key);
    };
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      publish(active.filter((shortcut) => !own.includes(shortcut)));
    };
  }, []);
}

/** The keys that work now. */
export function useActiveShortcuts(): readonly Shortcut[] {
  return useSyncExternalStore(subscribe, () => active);
}

type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'shiftKey'>;

export function keyOf({ key, ctrlKey, metaKey, shiftKey }: Pressed): string {
  return ctrlKey || metaKey ? `mod+${shiftKey ? 'shift+' : ''}${key.toLowerCase()}` : key;
}

const typing = 'input:not([type=range], [type=radio], [type=checkbox]), textarea, select, [role=dialog], [role=menu]';
/** What uses these keys itself while it has the focus. */
const pressing = 'button, a, summary, input, [role=slider], [role=application]';

function isTaken({ target, key }: KeyboardEvent): boolean {
  const elsewhere = key === ' ' || key === 'Enter' || key.startsWith('Arrow') ? `${typing}, ${pressing}` : typing;
  return target instanceof Element && target.closest(elsewhere) !== null;
}

function publish(next: readonly Shortcut[]): void {
  active = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
