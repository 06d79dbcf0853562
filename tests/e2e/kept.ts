import type { Page } from 'playwright-core';
import { eventually } from './browser';

interface Stored {
  readonly name: string;
  readonly kept: { readonly step: number; readonly training: boolean };
}

// The runs in the browser's storage, read past the page.
export const storedRuns = (page: Page) => stored(page, 'runs') as Promise<Stored[]>;

function stored(page: Page, store: string): Promise<unknown[]> {
  return page.evaluate(
    (store) =>
      new Promise<unknown[]>((resolve, reject) => {
        const opening = indexedDB.open('clearformer');
        opening.onerror = () => reject(new Error(opening.error?.message));
        opening.onsuccess = () => {
          const database = opening.result;
          const asking = database.transaction(store).objectStore(store).getAll();
          asking.onsuccess = () => {
            database.close();
            resolve(asking.result);
          };
        };
      }),
    store,
  );
}

// Until what a run that diverged can go back to is kept beside it.
export async function untilWayBackIsKept(page: Page): Promise<void> {
  await eventually(async () => (await stored(page, 'earlier')).length).toBe(1);
}

// Until the latest run has a checkpoint at this step or later.
export async function untilKept(page: Page, step: number): Promise<void> {
  const latest = async () => Math.max(-1, ...(await storedRuns(page)).map(({ kept }) => kept.step));
  await eventually(latest).toBeGreaterThanOrEqual(step);
}
