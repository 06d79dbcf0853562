import { signal, type ReadonlySignal } from '@preact/signals';

// Whether anybody can see the page.
export function watchVisibility(of: Document): ReadonlySignal<boolean> {
  const visible = signal(!of.hidden);
  of.addEventListener('visibilitychange', () => (visible.value = !of.hidden));
  return visible;
}
