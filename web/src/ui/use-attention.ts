import { useEffect, useRef } from 'preact/hooks';
import { useApp } from './use-app';

// Brings a section in sight when something in it is wrong, or asked for.
export function useAttention<T extends HTMLElement>(name: string) {
  const { view } = useApp();
  const section = useRef<T>(null);
  const attention = view.attention.value;
  useEffect(() => {
    if (attention?.name !== name) return;
    section.current?.scrollIntoView({ block: 'nearest' });
    section.current?.focus({ preventScroll: true }); // where it can be
  }, [attention, name]);
  return section;
}
