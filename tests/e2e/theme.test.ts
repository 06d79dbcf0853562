import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually, launch, Visit } from './browser';

let browser: Browser;
let visit: Visit;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());
beforeEach(async () => void (visit = await Visit.begin(browser, '', { colorScheme: 'light' })));
afterEach(() => visit.end());

// Of the page, and of the browser's frame around it.
function papers(): Promise<(string | undefined)[]> {
  return visit.page.evaluate(() => [
    getComputedStyle(document.documentElement).backgroundColor,
    document.querySelector<HTMLMetaElement>('meta[name="theme-color"]')?.content,
  ]);
}
const choose = (theme: string) => visit.page.getByLabel('Theme').selectOption(theme);
const chart = () =>
  visit.page.locator('.loss-canvas canvas').evaluate((it) => (it as HTMLCanvasElement).toDataURL());
const isDark = (colour = '') => colour.match(/\d+/g)!.every((part) => Number(part) < 128);
// After the frame in which it was chosen: effects of the interface wait for it.
const becomeDark = () => eventually(async () => (await papers()).every(isDark)).toBe(true);

it('is the system’s until another is chosen, and the chart follows', async () => {
  const [light] = await papers();
  expect(isDark(light)).toBe(false);
  const drawn = await chart();
  await visit.page.emulateMedia({ colorScheme: 'dark' });
  await becomeDark();
  await eventually(async () => (await chart()) !== drawn).toBe(true);

  await choose('light');
  await eventually(papers).toEqual([light, light]);
  await choose('system');
  await becomeDark();
  expect(visit.complaints).toEqual([]);
});

it('that was chosen is there before anything is drawn', async () => {
  await choose('dark');
  await becomeDark();
  await visit.open();
  expect((await papers()).every(isDark)).toBe(true);
  expect(await visit.page.getByLabel('Theme').inputValue()).toBe('dark');

  // Without any of the page's own code, which is late where the network is slow.
  await visit.context.route('**/assets/*.js', (route) => route.abort());
  await visit.page.evaluate(async () => {
    const all = await navigator.serviceWorker.getRegistrations();
    await Promise.all(all.map((each) => each.unregister()));
  });
  await visit.page.reload();
  expect(await visit.page.locator('.page').count()).toBe(0);
  const [paper] = await papers();
  expect(isDark(paper)).toBe(true);
});
