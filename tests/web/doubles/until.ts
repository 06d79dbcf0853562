import { effect } from '@preact/signals';

// Resolves when the condition, which reads signals, holds; the test's own time limit is the limit.
export function until(condition: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const stop = effect(() => {
      if (!condition()) return;
      resolve();
      queueMicrotask(() => {
        stop();
      });
    });
  });
}
