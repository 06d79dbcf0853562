import { effect, type ReadonlySignal } from '@preact/signals';

// As much of navigator.wakeLock as is used.
export interface WakeLocks {
  request(type: 'screen'): Promise<{ release(): Promise<void> }>;
}

// Keeps the screen on, and with it a phone at work, while `wanted`. A browser takes the lock from a
// hidden page, so that `wanted` has to be false there and true again when the page is seen.
export function keepAwake(wanted: ReadonlySignal<boolean>, locks: WakeLocks | undefined): void {
  if (!locks) return;
  effect(() => {
    if (!wanted.value) return;
    const lock = locks.request('screen').catch(() => null); // a low battery forbids it
    return () => void lock.then((held) => held?.release()).catch(() => null);
  });
}
