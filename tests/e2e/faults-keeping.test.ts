// Faults that befall what is kept and what is read: the run goes on to the bits of one that nothing
// befell, from no more than ten seconds before.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Worker } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Folder, trainNatively } from '../engine/cli/run';
import { eventually, launch, Visit } from './browser';
import { storedRuns, untilKept } from './kept';
import { realText } from './texts';

const recipe = {
  n_layer: 2,
  n_head: 2,
  n_embd: 32,
  block_size: 32,
  batch_size: 8,
  steps: 1500,
  warmup_steps: 10,
  seed: 12,
  eval_every: 1500,
  eval_batches: 2,
};
const text = realText().slice(0, 20_000);
const folder = new Folder();

let browser: Browser;
let undisturbed: string;
let visit: Visit;
beforeAll(async () => {
  undisturbed = trainNatively(recipe, text, 'strict');
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  folder.remove();
});
beforeEach(async () => void (visit = await Visit.begin(browser, '?build=simd')));
afterEach(() => visit.context.close());

async function train(): Promise<Worker> {
  await visit.drop('text.txt', Buffer.from(text));
  await visit.page.locator('.text-facts', { hasText: '20,000' }).waitFor();
  await visit.page.getByLabel('Preset').selectOption('nano'); // the engine's defaults
  await visit.setRecipe(recipe);
  await visit.button('Train').click();
  await eventually(() => visit.step()).toBeGreaterThan(5);
  return visit.page.workers()[0]!;
}

// As when the tab goes out of sight: the run is kept at once.
const hide = () =>
  visit.page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true });
    document.dispatchEvent(new Event('visibilitychange'));
  });

async function expectToGoOn({ page, complaints }: Visit): Promise<void> {
  const offer = page.getByRole('status').filter({ hasText: '“text.txt” was cut short' });
  await offer.getByRole('button', { name: 'Go on' }).click();
  await page.locator('.phase-word', { hasText: 'done' }).waitFor();
  expect(await page.locator('.fingerprint .mono').innerText()).toBe(undisturbed);
  expect(complaints).toEqual([]);
}

type Held = { writes: number };

// From now on a checkpoint's write does not end: the storage is kept busy in the same transaction.
function holdWrites(worker: Worker): Promise<void> {
  return worker.evaluate(() => {
    const scope = self as unknown as Held;
    scope.writes = 0;
    const put: IDBObjectStore['put'] = Reflect.get(IDBObjectStore.prototype, 'put');
    IDBObjectStore.prototype.put = function (...args) {
      const look = () => void (this.count().onsuccess = look);
      if (this.name === 'checkpoints') {
        scope.writes++;
        look();
      }
      return put.apply(this, args);
    };
  });
}

describe('a run goes on, bit for bit,', () => {
  it('after its tab was closed in the midst of a save: the one before is whole', async () => {
    const worker = await train();
    await hide();
    await untilKept(visit.page, 5);
    const { step } = (await storedRuns(visit.page))[0]!.kept;
    await holdWrites(worker);
    await eventually(() => visit.step()).toBeGreaterThan(step);
    await hide();
    await eventually(() => worker.evaluate(() => (self as unknown as Held).writes)).toBe(1);
    const again = await visit.sibling();
    await visit.page.close();
    await again.open();
    expect((await storedRuns(again.page))[0]!.kept.step).toBe(step);
    await expectToGoOn(again);
  });

  it('after the clock stepped back by a year, twice', async () => {
    const worker = await train();
    await hide();
    await untilKept(visit.page, 5);
    const stepBack = () => {
      const now = Date.now.bind(Date);
      Date.now = () => now() - 365 * 86_400_000;
    };
    await visit.page.evaluate(stepBack);
    await worker.evaluate(stepBack);
    const before = await visit.step();
    await eventually(() => visit.step()).toBeGreaterThan(before);
    await hide();
    await untilKept(visit.page, before);
    await visit.page.addInitScript(stepBack);
    await visit.page.reload();
    await expectToGoOn(visit);
  });
});

describe('a file that changes while it is read is told, and what was there is kept:', () => {
  // Reading waits until the file on the disk is another one: the browser itself refuses it then.
  async function pick(name: string, before: Uint8Array): Promise<void> {
    const path = folder.write(name, before);
    await visit.page.evaluate(() => {
      const read: Blob['arrayBuffer'] = Reflect.get(Blob.prototype, 'arrayBuffer');
      Blob.prototype.arrayBuffer = async function () {
        while (!document.title.startsWith('changed')) await new Promise((go) => setTimeout(go, 20));
        return read.call(this);
      };
    });
    await visit.page.getByTestId('text-file').setInputFiles(path);
    writeFileSync(join(folder.path, name), Buffer.concat([before, Buffer.from('more')]));
    await visit.page.evaluate(() => void (document.title = 'changed'));
  }

  it('a text', async () => {
    await pick('notes.txt', Buffer.from(text));
    const told = visit.page.locator('.text-panel').getByRole('alert');
    expect(await told.innerText()).toBe(
      '“notes.txt” could not be read; the text before is kept. It may have changed meanwhile: choose it again.',
    );
    expect(await visit.page.getByLabel('Text to learn from').innerText()).toContain('tiny stories');
  });
});
