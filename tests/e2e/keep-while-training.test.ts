import type { Browser, Worker } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually, launch, Visit } from './browser';
import { storedRuns } from './kept';

const STEPS_MEANWHILE = 200; // that have to be taken before a checkpoint is let into the storage

let browser: Browser;
let visit: Visit;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());
beforeEach(async () => {
  visit = await Visit.begin(browser, '?build=simd-single');
});
afterEach(async () => {
  expect(visit.complaints).toEqual([]);
  await visit.end();
});

interface Held {
  wanted: number; // steps that a write has to wait for
  readonly writes: { readonly from: number; readonly to: number }[]; // steps at its ends
}
type Scope = { held: Held; postMessage: (...args: unknown[]) => void };

// Holds up every write of a checkpoint, by questions to the storage in the same transaction, until so
// many steps more were taken: were a step to wait for a write, neither would ever end.
function holdWrites(worker: Worker): Promise<void> {
  return worker.evaluate((wanted) => {
    const scope = self as unknown as Scope;
    const held: Held = (scope.held = { wanted, writes: [] });
    let step = 0;
    const post = scope.postMessage.bind(scope);
    scope.postMessage = (...args) => {
      const [message] = args as [{ type: string; step: number }];
      if (message.type === 'progress') step = message.step;
      post(...args);
    };
    const put: IDBObjectStore['put'] = Reflect.get(IDBObjectStore.prototype, 'put');
    IDBObjectStore.prototype.put = function (...args) {
      const from = step;
      const look = () => {
        if (step >= from + held.wanted) held.writes.push({ from, to: step });
        else this.count().onsuccess = look;
      };
      if (this.name === 'checkpoints') look();
      return put.apply(this, args);
    };
  }, STEPS_MEANWHILE);
}

it('steps are taken while a checkpoint is written, and none is lost at the end', async () => {
  await visit.setRecipe({ n_layer: 1, n_head: 1, n_embd: 16, block_size: 16, batch_size: 2 });
  await visit.setRecipe({ steps: 1_000_000, eval_every: 1_000_000 });
  const worker = visit.page.workers()[0]!;
  await holdWrites(worker);
  await visit.button('Train').click();
  const writes = () => worker.evaluate(() => (self as unknown as Scope).held.writes);
  await eventually(async () => (await writes()).length).toBeGreaterThanOrEqual(2);
  for (const { from, to } of await writes())
    expect(to - from).toBeGreaterThanOrEqual(STEPS_MEANWHILE);

  // At rest no step comes that a write could wait for.
  await worker.evaluate(() => void ((self as unknown as Scope).held.wanted = 0));
  await visit.button('Pause').click();
  await visit.waitForPhase('paused');
  const step = await visit.step();
  const stored = async () => (await storedRuns(visit.page))[0]?.kept.step;
  await eventually(stored).toBe(step);
});
