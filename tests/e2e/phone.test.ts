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

it('the run at hand is saved, exported and opened from the sheet of runs', async () => {
  await visit.button('Training').tap();
  await visit.page.locator('#setting-steps').fill('20');
  await visit.button('Close').tap();
  await visit.button('Train').tap();
  await visit.waitForPhase('done');
  const fingerprint = await visit.fingerprint();

  // Reached by keys alone.
  await visit.button('Runs').focus();
  await visit.page.keyboard.press('Enter');
  await sheet('Runs').waitFor();
  const focused = () => visit.page.evaluate(() => document.activeElement?.textContent);
  for (let i = 0; (await focused()) !== 'Save' && i < 5; i++)
    await visit.page.keyboard.press('Tab');
  const [download] = await Promise.all([
    visit.page.waitForEvent('download'),
    visit.page.keyboard.press('Enter'),
  ]);
  await visit.page.keyboard.press('Tab');
  expect(await focused()).toBe('Export');
  await visit.page.keyboard.press('Enter');
  const exporting = visit.page.getByRole('dialog', { name: 'Export the model' });
  await exporting.waitFor();
  await visit.page.keyboard.press('Escape');
  await exporting.waitFor({ state: 'hidden' });
  await visit.page.keyboard.press('Tab');
  expect(await focused()).toBe('Open');
  await visit.button('Close').tap();

  await visit.button('Training').tap();
  await visit.button('Reset').tap();
  await visit.waitForPhase('ready');
  await visit.button('Close').tap();
  await visit.button('Runs').tap();
  const [chooser] = await Promise.all([
    visit.page.waitForEvent('filechooser'),
    visit.button('Open').tap(),
  ]);
  await chooser.setFiles(await download.path());
  await sheet('Runs').waitFor({ state: 'hidden' }); // what was opened is behind it
  await visit.waitForPhase('done');
  expect(await visit.fingerprint()).toBe(fingerprint);
});
