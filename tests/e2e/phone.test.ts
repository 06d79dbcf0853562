import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually, launch, Visit } from './browser';

const viewport = { width: 390, height: 844 };

let browser: Browser;
let visit: Visit;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());
beforeEach(async () => {
  visit = await Visit.begin(browser, '', { viewport, hasTouch: true, isMobile: true });
});
afterEach(async () => {
  expect(visit.complaints).toEqual([]);
  await visit.end();
});

const bar = () => visit.page.locator('.bottom-bar');
const sheet = (name: string) => visit.page.getByRole('dialog', { name });

it('the curve comes first, then the writing, and the bar is always at hand', async () => {
  const top = async (place: string) => (await visit.page.locator(place).boundingBox())!.y;
  expect(await top('.loss-panel')).toBeLessThan(await top('.writing-panel'));
  expect(await top('.writing-panel')).toBeLessThan(await top('.prompt'));
  for (const scroll of [0, 1e6]) {
    await visit.page.evaluate((y) => scrollTo(0, y), scroll);
    const { y, height } = (await bar().boundingBox())!;
    expect(y + height).toBe(viewport.height);
  }
  // Scrolled to the end, the bar covers nothing.
  const prompt = (await visit.page.locator('.prompt').boundingBox())!;
  expect(prompt.y + prompt.height).toBeLessThanOrEqual((await bar().boundingBox())!.y);
});

it('what is wrong with a setting opens its sheet there, and the run begins once it is right', async () => {
  const lr = visit.page.locator('#setting-lr');
  await visit.button('Training').tap();
  await lr.fill('fast');
  await visit.button('Close').tap();
  await sheet('Training').waitFor({ state: 'hidden' });
  expect(
    await bar()
      .getByRole('button', { name: /^Training/ })
      .innerText(),
  ).toContain('!');

  await visit.button('Train').tap();
  await sheet('Training').waitFor();
  await eventually(() => lr.evaluate((it) => it === document.activeElement)).toBe(true);
  expect(await sheet('Training').getByRole('alert').innerText()).toContain('“fast”');
  await lr.fill('0.001');
  await visit.button('Close').tap();

  await visit.button('Train').tap();
  await visit.waitForPhase('running');
  await eventually(() => bar().locator('.steps').innerText()).toMatch(/^[1-9]\d* \/ 1,500$/);
  await visit.button('Pause').tap();
  await visit.waitForPhase('paused');
});

it('what can be undone is said in the bar', async () => {
  await visit.drop('fox.txt', Buffer.from('A fox sat by the well. '.repeat(100)));
  await bar().getByRole('button', { name: 'Undo' }).tap();
  await visit.button('Text').tap();
  const name = () => visit.page.getByLabel('Text to learn from').locator('option:checked');
  await eventually(() => name().innerText()).toContain('tiny stories');
});
