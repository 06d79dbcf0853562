import type { Page } from 'playwright-core';
import { eventually } from './browser';

interface Stored {
  readonly name: string;
  readonly kept: { readonly step: number; readonly training: boolean };
}

// The runs in the browser's storage, read past the page.
export function storedRuns(page: Page): Promise<Stored[]> {
  return page.evaluate(
    () =>
      new Promise<Stored[]>((resolve, reject) => {
        const opening = indexedDB.open('clearformer');
        opening.onerror = () => reject(new Error(opening.error?.message));
        opening.onsuccess = () => {
          const database = opening.result;
          const asking = database.transaction('runs').objectStore('runs').getAll();
          asking.onsuccess = () => {
            database.close();
            resolve(asking.result as Stored[]);
          };
        };
      }),
  );
}

// Until the latest run has a checkpoint at this step or later.
export async function untilKept(page: Page, step: number): Promise<void> {
  const latest = async () => Math.max(-1, ...(await storedRuns(page)).map(({ kept }) => kept.step));
  await eventually(latest).toBeGreaterThanOrEqual(step);
}
