import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, launch, Visit } from './browser';

declare global {
  interface Window {
    away: boolean; // what the page is told about being seen
    locks: number; // wake locks held
    told: string[]; // notifications shown
  }
}

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

const small = { n_layer: 1, n_head: 1, n_embd: 16, block_size: 16, eval_every: 1000 };

// Playwright's tabs are always visible; a machine without a screen lends no wake locks, and one
// without a desktop is slow to show notifications.
async function pretend(page: Page): Promise<void> {
  await page.addInitScript(() => {
    window.away = false;
    window.locks = 0;
    window.told = [];
    ServiceWorkerRegistration.prototype.showNotification = (title, options) => {
      window.told.push(`${title}. ${options?.body}`);
      return Promise.resolve();
    };
    Object.defineProperty(document, 'hidden', { get: () => window.away });
    Object.defineProperty(navigator, 'wakeLock', {
      value: {
        request: () => {
          window.locks++;
          return Promise.resolve({ release: () => Promise.resolve(void window.locks--) });
        },
      },
    });
  });
}

async function begin(): Promise<Visit> {
  const visit = await Visit.begin(browser);
  await pretend(visit.page);
  await visit.open();
  return visit;
}

const leave = (page: Page, away: boolean) =>
  page.evaluate((away) => {
    window.away = away;
    document.dispatchEvent(new Event('visibilitychange'));
  }, away);

const icon = (page: Page) =>
  page.evaluate(() => document.querySelector<HTMLLinkElement>('link[rel="icon"]')!.href);

it('the tab’s title and icon show how far the run is', async () => {
  const visit = await begin();
  const { page } = visit;
  expect(await page.title()).toBe('Clearformer');
  const idle = await icon(page);
  await visit.setRecipe({ ...small, steps: 100_000 });
  await visit.button('Train').click();
  await eventually(() => page.title()).toMatch(/^[1-9]\d* % – Clearformer$/);
  await eventually(async () => decodeURIComponent(await icon(page))).toMatch(/dasharray="0\.\d\d/);
  await visit.button('Pause').click();
  await eventually(() => page.title()).toMatch(/^paused at \d+ % – Clearformer$/);
  await visit.setRecipe({ steps: 5 });
  await visit.button('Train anew').click();
  await visit.waitForPhase('done');
  expect(await page.title()).toBe('done – Clearformer');
  expect(await icon(page)).toBe(idle);
  // The icon is one that the page's policy lets a browser show.
  await page.evaluate(
    (src) =>
      new Promise((done, fail) => {
        const image = new Image();
        [image.onload, image.onerror] = [done, fail];
        image.src = src;
      }).then(() => null),
    await icon(page),
  );
  expect(visit.complaints).toEqual([]);
  await visit.end();
});

it('the screen is kept on while a run that is seen goes on', async () => {
  const visit = await begin();
  const { page } = visit;
  const locks = () => page.evaluate(() => window.locks);
  await visit.setRecipe({ ...small, steps: 1_000_000 });
  expect(await locks()).toBe(0);
  await visit.button('Train').click();
  await eventually(locks).toBe(1);
  await leave(page, true);
  await eventually(locks).toBe(0);
  await leave(page, false);
  await eventually(locks).toBe(1);
  await visit.button('Pause').click();
  await eventually(locks).toBe(0);
  await visit.end();
});

it('who asked for it and looks elsewhere is told of a run’s end', async () => {
  const visit = await begin();
  const { page } = visit;
  await page.context().grantPermissions(['notifications'], { origin: new URL(page.url()).origin });
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => null));
  const told = () => page.evaluate(() => window.told);
  const train = async (steps: number) => {
    await visit.setRecipe({ ...small, steps });
    await page.locator('.train-button').click();
    await eventually(() => visit.step()).toBe(steps);
    await visit.waitForPhase('done');
  };

  await leave(page, true);
  await train(5);
  expect(await told()).toEqual([]);

  await leave(page, false);
  await page.getByLabel('Tell me when a run is done').check();
  await train(6);
  expect(await told()).toEqual([]);

  await leave(page, true);
  await train(7);
  await eventually(told).toEqual([
    expect.stringMatching(/^Done: tiny stories\. 7 steps, validation loss \d/),
  ]);
  await visit.open();
  expect(await page.getByLabel('Tell me when a run is done').isChecked()).toBe(true);
  await visit.end();
});
