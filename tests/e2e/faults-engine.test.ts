// Faults of the engine and of what it stands on: after each a sentence says what happened and what to do,
// nothing is lost, and the page is as usable as before.
import { chromium, type Browser, type Page, type Route } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { chromiumFlags, chromiumPath, eventually, launch, Visit } from './browser';

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

const small = { n_layer: 1, n_head: 1, n_embd: 16, block_size: 16, eval_every: 100 };
const told = (page: Page, place: string) => page.locator(place).getByRole('alert');

async function expectToTrain(visit: Visit, words: string | RegExp = /threads?$/): Promise<void> {
  await visit.setRecipe({ ...small, steps: 5 });
  await visit.page.locator('.train-button').click();
  await visit.waitForPhase('done');
  await visit.page.locator('.fingerprint', { hasText: words }).waitFor();
}

describe('a build that does not come', () => {
  // A page whose files come from the network, and whose WebAssembly is met by `answer`.
  async function visitWith(answer: (route: Route) => Promise<void>): Promise<Visit> {
    const visit = await Visit.begin(browser, '', { serviceWorkers: 'block' });
    await visit.context.route('**/*.wasm', answer);
    await visit.page.reload();
    return visit;
  }
  // Only the first one asked for, which is the one that suits this place.
  function theFirst(fault: (route: Route) => Promise<void>) {
    let first: string | null = null;
    return (route: Route) => {
      first ??= route.request().url();
      return route.request().url() === first ? fault(route) : route.continue();
    };
  }

  it.each<[string, (route: Route) => Promise<void>]>([
    ['is missing', (route) => route.fulfill({ status: 404 })],
    [
      'is cut off',
      async (route) => {
        const response = await route.fetch();
        await route.fulfill({ response, body: (await response.body()).subarray(0, 100_000) });
      },
    ],
    [
      'is a page of the host’s',
      (route) => route.fulfill({ contentType: 'text/html', body: '<p>' }),
    ],
  ])('because it %s is replaced by the plainest, and the page says so', async (_, fault) => {
    const visit = await visitWith(theFirst(fault));
    await expectToTrain(visit, 'strict arithmetic, 1 thread');
    await visit.page
      .getByText(/^The engine that is fastest here could not be loaded: .+ Reload the page to try/)
      .waitFor();
    await visit.end();
  });

  it('nor any other, is told, and tried again when asked', async () => {
    const visit = await visitWith((route) => route.fulfill({ status: 404 }));
    await told(visit.page, '.loss-panel').waitFor();
    expect(await told(visit.page, '.loss-panel').innerText()).toMatch(
      /^The engine could not be loaded: .+\. Try again$/,
    );
    await visit.context.unroute('**/*.wasm');
    await visit.button('Try again').click();
    await expectToTrain(visit, '2 threads');
    await visit.end();
  });
});

it.each([
  ['SIMD', '--no-enable-sse4-1'],
  ['WebAssembly', '--jitless'],
])('a browser without %s is told what it takes', async (_, flag) => {
  const args = [...chromiumFlags, `--js-flags=${flag}`];
  const without = await chromium.launch({ executablePath: chromiumPath, args });
  const page = await without.newPage();
  await page.goto(inject('pageUrl'));
  await told(page, '.loss-panel').waitFor();
  expect(await told(page, '.loss-panel').innerText()).toMatch(
    /^The engine could not be loaded: this browser has no WebAssembly with SIMD, .+ Firefox 89/,
  );
  await without.close();
});

// What a browser, its settings or the host may lack.
const lacks: Readonly<Record<string, () => void>> = {
  'shared memory': () => Object.defineProperty(window, 'SharedArrayBuffer', { value: undefined }),
  isolation: () => {
    Object.defineProperty(window, 'crossOriginIsolated', { value: false });
    sessionStorage.setItem('isolation-tried', 'yes'); // else it loads itself again, in vain
  },
  'a service worker': () => Reflect.deleteProperty(Navigator.prototype, 'serviceWorker'),
  'a file system of its own': () =>
    Reflect.deleteProperty(StorageManager.prototype, 'getDirectory'),
  'locks and news between tabs': () => {
    Reflect.deleteProperty(Navigator.prototype, 'locks');
    Reflect.deleteProperty(window, 'BroadcastChannel');
  },
};

it.each(Object.entries(lacks))('without %s the page trains all the same', async (_, lack) => {
  const visit = await Visit.begin(browser);
  await visit.page.addInitScript(lack);
  await visit.open();
  await expectToTrain(visit);
  expect(visit.complaints).toEqual([]);
  await visit.end();
});

it('memory that the browser refuses is a sentence, and what fits still trains', async () => {
  const visit = await Visit.begin(browser, '?build=simd-single');
  await expectToTrain(visit);
  const fingerprint = await visit.fingerprint();
  const worker = visit.page.workers()[0]!;
  await worker.evaluate(() => {
    WebAssembly.Memory.prototype.grow = () => {
      throw new RangeError('WebAssembly.Memory.grow(): Maximum memory size exceeded');
    };
  });
  await visit.setRecipe({ n_layer: 8, n_embd: 512, n_head: 8 });
  await visit.button('Train anew').click();
  await told(visit.page, '.recipe-panel').waitFor();
  expect(await told(visit.page, '.recipe-panel').innerText()).toMatch(
    /^The [\d,]+ MB that this run needs could not be had\. Close other programs, or lower /,
  );
  await visit.button('Back to the run’s').click();
  expect(await visit.fingerprint()).toBe(fingerprint);
  await expectToTrain(visit);
  expect(visit.complaints).toEqual([]);
  await visit.end();
});

it('an engine that is ended from outside, without a word, is missed and replaced', async () => {
  const visit = await Visit.begin(browser);
  await visit.setRecipe({ ...small, steps: 1_000_000 });
  await visit.button('Train').click();
  await eventually(() => visit.step()).toBeGreaterThan(0);
  await visit.page.workers()[0]!.evaluate(() => self.close());
  await visit.waitForPhase('stopped');
  expect(await told(visit.page, '.loss-panel').innerText()).toMatch(
    /^The engine stopped at step [\d,]+: it was ended from outside, .+ press Train anew\.$/,
  );
  await expectToTrain(visit);
  expect(visit.complaints).toEqual([]);
  await visit.end();
});
