import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { trainNatively } from '../engine/cli/run';
import { eventually, launch, Visit } from './browser';
import { storedRuns, untilKept } from './kept';
import { realText } from './texts';

const recipe = {
  n_layer: 2,
  n_head: 2,
  n_embd: 32,
  block_size: 32,
  batch_size: 8,
  dropout: 0.1,
  steps: 2500,
  warmup_steps: 10,
  seed: 11,
  eval_every: 250,
  eval_batches: 2,
};
const text = realText().slice(0, 30_000);

let browser: Browser;
let undisturbed: string; // the fingerprint of the run that nothing befalls
let visit: Visit;

beforeAll(async () => {
  undisturbed = trainNatively(recipe, text, 'strict');
  browser = await launch();
});
afterAll(() => browser.close());
beforeEach(async () => {
  visit = await Visit.begin(browser, '?build=simd'); // strict arithmetic, as natively above
});
afterEach(() => visit.end());

async function train(changes: Partial<typeof recipe> = {}) {
  await visit.drop('text.txt', Buffer.from(text));
  await visit.page.locator('.text-facts', { hasText: '30,000' }).waitFor();
  await visit.page.getByLabel('Preset').selectOption('nano'); // the engine's defaults
  await visit.setRecipe({ ...recipe, ...changes });
  await visit.button('Train').click();
}

// The page in this tab offers to go on, and the run ends as if nothing had happened.
async function expectToGoOn({ page, ...tab }: Visit) {
  const offer = page.getByRole('status').filter({ hasText: '“text.txt” was cut short' });
  await offer.getByRole('button', { name: 'Go on' }).click();
  await page.locator('.phase-word', { hasText: 'running' }).waitFor();
  expect(await page.locator('.writing').count()).toBeGreaterThan(0);
  await page.locator('.phase-word', { hasText: 'done' }).waitFor();
  expect(await page.locator('.fingerprint .mono').innerText()).toBe(undisturbed);
  expect(tab.complaints).toEqual([]);
}

describe('a run goes on, bit for bit,', () => {
  it('after a reload', async () => {
    await train();
    await untilKept(visit.page, 1);
    await visit.page.reload();
    await expectToGoOn(visit);
    const [stored] = await storedRuns(visit.page);
    expect(stored?.kept).toMatchObject({ step: recipe.steps, training: false });
  });

  it('after its tab was closed without a pause', async () => {
    await train();
    await untilKept(visit.page, 1);
    const again = await visit.sibling();
    await visit.page.close();
    await again.open();
    await expectToGoOn(again);
  });

  it('after its tab was killed', async () => {
    await train();
    await untilKept(visit.page, 1);
    const devtools = await visit.context.newCDPSession(visit.page);
    void devtools.send('Page.crash').catch(() => undefined); // there is nobody left to answer
    await new Promise((crashed) => visit.page.once('crash', crashed));
    const again = await visit.sibling();
    await again.open();
    await expectToGoOn(again);
  });

  it('after its engine was killed', async () => {
    await train();
    await untilKept(visit.page, 1);
    await visit.page.workers()[0]!.evaluate(() => {
      setTimeout(() => {
        throw new Error('out of memory');
      });
    });
    await visit.waitForPhase('stopped');
    await expectToGoOn(visit);
  });
});

it('what was paused is offered as paused, and what is done as done', async () => {
  await train({ steps: 30 });
  await visit.waitForPhase('done');
  const fingerprint = await visit.fingerprint();
  await untilKept(visit.page, 30);
  await visit.open();
  await visit.page.getByText(/“text\.txt” is done and kept, step 30 of 30/).waitFor();
  await visit.button('Open it').click();
  await visit.waitForPhase('done');
  expect(await visit.fingerprint()).toBe(fingerprint);

  await visit.setRecipe({ steps: 100, seed: 12 }); // another run
  await visit.button('Step').click();
  await visit.waitForPhase('paused');
  await untilKept(visit.page, 30);
  await eventually(async () => (await storedRuns(visit.page)).length).toBe(2);
  await visit.open();
  await visit.page.getByText(/“text\.txt 2” is paused and kept at step 1 of 100/).waitFor();
  await visit.button('Not now').click();
  expect(await visit.page.getByText('is paused and kept').count()).toBe(0);
});

it('a page that is hidden keeps its run at once', async () => {
  await train({ steps: 1_000_000, eval_every: 1_000_000 });
  await eventually(() => visit.step()).toBeGreaterThan(5);
  expect(await storedRuns(visit.page)).toEqual([]); // it is too young
  await visit.page.evaluate(() => {
    Object.defineProperty(document, 'visibilityState', { value: 'hidden' });
    document.dispatchEvent(new Event('visibilitychange'));
  });
  await untilKept(visit.page, 5);
});

it('without a pause, an evaluation or a glance, a checkpoint comes within ten seconds', async () => {
  await train({ steps: 1_000_000, eval_every: 1_000_000 });
  await untilKept(visit.page, 1);
  const first = (await storedRuns(visit.page))[0]!.kept.step;
  const startedAt = performance.now();
  await untilKept(visit.page, first + 1);
  expect(performance.now() - startedAt).toBeLessThan(10_000);
});

describe('two tabs do not fight over a run:', () => {
  let second: Visit;
  beforeEach(async () => {
    await train();
    await untilKept(visit.page, 1);
    second = await visit.sibling();
    await second.open();
    await second.page.getByText(/“text\.txt” is open in another tab/).waitFor();
  });

  it('the second may look at it, and what it trains is a fork', async () => {
    await second.button('View').click();
    await second.waitForPhase('paused');
    await second.page.getByText(/^You look at “text\.txt”/).waitFor();
    const seen = await second.step();
    await second.button('Step').click();
    await eventually(() => second.step()).toBe(seen + 1);
    const names = async () => (await storedRuns(second.page)).map(({ name }) => name).sort();
    await eventually(names).toEqual(['text.txt', 'text.txt, forked']);
    await visit.waitForPhase('done');
    await second.button('Resume').click();
    await second.waitForPhase('done');
    expect(await second.fingerprint()).toBe(await visit.fingerprint());
    expect([...visit.complaints, ...second.complaints]).toEqual([]);
  });

  it('the second has it once the first is gone', async () => {
    await visit.page.close();
    await second.button('Not now').click();
    await second.open();
    await second.button('Go on').click();
    await second.waitForPhase('running');
    expect(second.complaints).toEqual([]);
  });
});

describe('storage that fails is said and survived:', () => {
  const told = () => visit.page.locator('.kept-trouble').getByRole('alert');

  it('a full one', async () => {
    const devtools = await visit.context.newCDPSession(visit.page);
    const origin = new URL(visit.page.url()).origin;
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 10_000 });
    await train({ steps: 1_000_000 });
    await told().waitFor();
    expect(await told().innerText()).toMatch(/^There is no room left/);
    const step = await visit.step();
    await eventually(() => visit.step()).toBeGreaterThan(step);
    const [download] = await Promise.all([
      visit.page.waitForEvent('download'),
      visit.button('Save as a file').click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/^text-step-\d+\.safetensors$/);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin, quotaSize: 1e9 });
    await untilKept(visit.page, step);
    await told().waitFor({ state: 'detached' });
    expect(visit.complaints).toEqual([]);
  });

  it('one that is refused', async () => {
    await visit.page.addInitScript(() => {
      Object.defineProperty(window, 'indexedDB', {
        get: () => {
          throw new DOMException('denied', 'SecurityError');
        },
      });
    });
    await visit.open();
    expect(await told().innerText()).toMatch(/^This browser lets the page keep nothing/);
    await train({ steps: 20 });
    await visit.waitForPhase('done');
    expect(visit.complaints).toEqual([]);
  });

  it('one that was cleared', async () => {
    await train({ steps: 1_000_000 });
    await untilKept(visit.page, 1);
    const devtools = await visit.context.newCDPSession(visit.page);
    const { origin } = new URL(visit.page.url());
    await devtools.send('Storage.clearDataForOrigin', { origin, storageTypes: 'indexeddb' });
    await visit.page.getByText(/^The browser had cleared what this page kept/).waitFor();
    await untilKept(visit.page, 1);
    // Chromium itself says so, at times.
    const own = visit.complaints.filter((it) => !it.endsWith('Force close delete origin'));
    expect(own).toEqual([]);
  });
});
