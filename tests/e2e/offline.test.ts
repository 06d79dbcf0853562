import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually, launch, Visit } from './browser';
import { StaticHost } from './static-host';

let browser: Browser;
let host: StaticHost;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());
beforeEach(async () => void (host = await StaticHost.begin()));
afterEach(() => host.end());

const isolated = (page: Page) => page.evaluate(() => crossOriginIsolated);
const version = (page: Page) => page.locator('body').getAttribute('data-version');

// Waits for the first visit to have come to its end: the page was loaded again, with threads.
async function firstVisit(): Promise<Visit> {
  const visit = await Visit.begin(browser, host.url);
  await eventually(() => isolated(visit.page).catch(() => false)).toBe(true);
  await visit.waitForPhase('ready');
  return visit;
}

const small = { n_layer: 1, n_head: 1, n_embd: 16, block_size: 16, steps: 5, eval_every: 5 };

async function trainsOn(visit: Visit, threads: string): Promise<void> {
  await visit.setRecipe(small);
  await visit.button('Train').click();
  await visit.waitForPhase('done');
  expect(await visit.page.locator('.fingerprint').innerText()).toContain(threads);
}

describe('a host that sends no headers, under a path', () => {
  it('gives threads, after one quiet reload', async () => {
    const visit = await firstVisit();
    expect(host.requests.filter((path) => path.endsWith('/')).length).toBe(1);
    await trainsOn(visit, '2 threads');
    expect(visit.complaints).toEqual([]);
    await visit.end();
  });

  it('does not reload a page that was touched; the next visit has threads', async () => {
    // The files come late enough for a press to come first.
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.addInitScript(() => dispatchEvent(new KeyboardEvent('keydown', { key: '?' })));
    await page.addInitScript(() =>
      addEventListener('load', () => dispatchEvent(new KeyboardEvent('keydown'))),
    );
    await page.goto(host.url);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => null));
    await page.getByText(/^Press Train/).waitFor();
    expect(await isolated(page)).toBe(false);
    await page.reload();
    expect(await isolated(page)).toBe(true);
    await context.close();
  });

  it('tries once in a tab, and stays on one thread where that gives none', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    let loads = 0;
    page.on('load', () => loads++);
    // A browser that heeds no such headers.
    await page.addInitScript(() =>
      Object.defineProperty(window, 'crossOriginIsolated', { value: false }),
    );
    await page.goto(host.url);
    await eventually(() => loads).toBe(2);
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => null));
    await page.getByText(/^Press Train/).waitFor();
    await page.reload();
    await page.getByText(/^Press Train/).waitFor();
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => null));
    expect(loads).toBe(3);
    await context.close();
  });

  it('in a frame the page stays as it is: one thread, no service worker', async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(host.around);
    const frame = page.frameLocator('iframe');
    await frame.getByText(/^Press Train/).waitFor();
    await frame.getByRole('button', { name: 'Step', exact: true }).click();
    await frame.locator('.fingerprint', { hasText: '1 thread' }).waitFor();
    expect(host.requests).not.toContain('/some/path/service-worker.js');
    await context.close();
  });
});

describe('after the first visit', () => {
  it('the page can be installed', async () => {
    const visit = await firstVisit();
    const devtools = await visit.page.context().newCDPSession(visit.page);
    const { errors, data } = await devtools.send('Page.getAppManifest');
    expect(errors).toEqual([]);
    const { icons } = JSON.parse(data ?? '{}') as { icons: { src: string }[] };
    expect(icons).toHaveLength(2);
    for (const { src } of icons) {
      const status = visit.page.evaluate((src) => fetch(src).then((answer) => answer.status), src);
      expect(await status).toBe(200);
    }
    const { installabilityErrors } = await devtools.send('Page.getInstallabilityErrors');
    // Playwright's profiles are private ones, and nothing else stands in the way.
    expect(installabilityErrors.map(({ errorId }) => errorId)).toEqual(['in-incognito']);
    await visit.end();
  });

  it('the page opens, and trains on threads and on one, without a network', async () => {
    const visit = await firstVisit();
    await host.goOffline();
    await visit.open(host.url);
    await trainsOn(visit, '2 threads');
    await visit.open(`${host.url}?build=single`);
    await trainsOn(visit, '1 thread');
    await visit.open(`${host.url}index.html`);
    expect(visit.complaints).toEqual([]);
    await visit.end();
  });

  it('a crashed engine starts again without a network', async () => {
    const visit = await firstVisit();
    await host.goOffline();
    await trainsOn(visit, '2 threads');
    await visit.page.workers()[0]?.evaluate(() => {
      setTimeout(() => {
        throw new Error('out of memory');
      });
    });
    await visit.waitForPhase('stopped');
    await visit.button('Train anew').click();
    await visit.waitForPhase('done');
    await visit.end();
  });
});

describe('a new version', () => {
  it('waits, and comes when its button is pressed; only what changed is fetched', async () => {
    const visit = await firstVisit();
    host.publish('2');
    host.requests = [];
    await visit.open(host.url);
    expect(await version(visit.page)).toBeNull();
    await visit.button('New version').click();
    await eventually(() => version(visit.page).catch(() => null)).toBe('2');
    const files = host.requests.filter((path) => !path.endsWith('service-worker.js'));
    expect(files).toEqual(['/some/path/index.html']);
    expect(await isolated(visit.page)).toBe(true);
    await visit.end();
  });

  it('comes by itself once the last tab with the old one is closed', async () => {
    const visit = await firstVisit();
    host.publish('2');
    await visit.open(host.url);
    await visit.button('New version').waitFor();
    const context = visit.page.context();
    await visit.page.close();
    const page = await context.newPage();
    await page.goto(host.url);
    expect(await version(page)).toBe('2');
    await visit.end();
  });

  it('is not offered while a run goes on, and leaves the run of another tab alone', async () => {
    const visit = await firstVisit();
    const other = await visit.page.context().newPage();
    await visit.setRecipe({ ...small, steps: 1_000_000 });
    await visit.button('Train').click();
    await eventually(() => visit.step()).toBeGreaterThan(0);
    host.publish('2');
    await other.goto(host.url);
    await other.getByRole('button', { name: 'New version' }).click();
    await eventually(() => version(other).catch(() => null)).toBe('2');

    const before = await visit.step();
    await eventually(() => visit.step()).toBeGreaterThan(before);
    expect(await visit.button('New version').count()).toBe(0);
    await visit.button('Pause').click();
    await visit.button('New version').waitFor();
    // What the old version is made of is still at hand.
    host.remove(await workerFile(visit.page));
    await visit.page.workers()[0]?.evaluate(() => {
      setTimeout(() => {
        throw new Error('out of memory');
      });
    });
    await visit.waitForPhase('stopped');
    await visit.button('Train anew').click();
    await visit.waitForPhase('running');
    await visit.end();
  });

  it('that is only half there is not taken', async () => {
    const visit = await firstVisit();
    host.publish('2');
    host.damage('index.html');
    await visit.open(host.url);
    const states = await visit.page.evaluate(async () => {
      const registration = await navigator.serviceWorker.ready;
      await registration.update();
      const { installing } = registration;
      if (!installing) return ['none'];
      await new Promise((done) => installing.addEventListener('statechange', done));
      return [installing.state, registration.waiting === null];
    });
    expect(states).toEqual(['redundant', true]);
    await host.goOffline();
    await visit.open(host.url);
    expect(await version(visit.page)).toBeNull();
    await visit.end();
  });
});

function workerFile(page: Page): Promise<string> {
  const url = page.workers()[0]!.url();
  return Promise.resolve(url.slice(host.url.length));
}
