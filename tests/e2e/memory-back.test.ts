// Runs that are started and deleted one after another give their memory back. `npm run soak` does the
// same with many more, and with the worker's memory.
import { statSync } from 'node:fs';
import type { Browser, CDPSession } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { launch, Visit } from './browser';

const small = { n_layer: 1, n_head: 2, n_embd: 16, block_size: 16, eval_every: 1000, steps: 20 };
const SETTLED = 3; // runs, after which all code has run and all caches are there
const MORE = 10;

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

async function trainOne(visit: Visit): Promise<void> {
  await visit.page.locator('.train-button').click();
  await visit.waitForPhase('done');
}

async function deleteIt(visit: Visit): Promise<void> {
  await visit.page.getByRole('button', { name: /^Delete “/ }).click();
  await visit.waitForPhase('ready');
}

// Bytes in use after a collection.
async function heap(session: CDPSession): Promise<number> {
  await session.send('HeapProfiler.collectGarbage');
  const used = (await session.send('Runtime.getHeapUsage')) as unknown as Record<string, number>;
  return used.usedSize! + used.embedderHeapUsedSize! + used.backingStorageSize!;
}

it('runs that are deleted leave less behind than their files would be', async () => {
  const visit = await Visit.begin(browser);
  const session = await visit.context.newCDPSession(visit.page);
  await visit.setRecipe(small);
  await trainOne(visit);
  const { size } = statSync((await visit.save()).path);
  await deleteIt(visit);
  const several = async (runs: number) => {
    for (let run = 0; run < runs; run++) {
      await trainOne(visit);
      await deleteIt(visit);
    }
    return heap(session);
  };
  const before = await several(SETTLED);
  const left = (await several(MORE)) - before;
  expect(left).toBeLessThan(MORE * size);
  expect(visit.complaints).toEqual([]);
  await visit.end();
});
