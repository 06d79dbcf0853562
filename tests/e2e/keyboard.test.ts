import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { eventually, launch, Visit } from './browser';

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

it('all that matters can be done with the keys alone', async () => {
  const visit = await Visit.begin(browser);
  const { page } = visit;
  const press = (...keys: string[]) =>
    keys.reduce((last, key) => last.then(() => page.keyboard.press(key)), Promise.resolve());

  await press('?');
  await page.getByRole('dialog', { name: 'Keys' }).waitFor();
  await press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'hidden' });

  await press('.');
  await eventually(() => visit.step()).toBe(1);
  await press('.');
  await eventually(() => visit.step()).toBe(2);

  await press('Space');
  await visit.waitForPhase('running');
  await press('Space');
  await visit.waitForPhase('paused');

  await press('/');
  await page.keyboard.type('Once');
  await press('Enter');
  const mine = page.locator('.writing', { hasText: 'from your prompt' });
  await mine.waitFor();
  await press('Escape', 'g');
  await eventually(() => mine.count()).toBe(2);

  // Every control can be reached, and shows that it was.
  const reached = new Set<string>();
  for (let i = 0; i < 60; i++) {
    await press('Tab');
    const focus = await page.evaluate(() => {
      const element = document.activeElement;
      if (!(element instanceof HTMLElement) || element === document.body) return null;
      const { outlineStyle } = getComputedStyle(element);
      const name = element.getAttribute('aria-label') ?? element.textContent;
      return {
        id: element.id || name?.trim() || element.tagName,
        outlined: outlineStyle !== 'none',
      };
    });
    if (!focus) continue;
    reached.add(focus.id);
    expect(focus).toMatchObject({ outlined: true });
  }
  for (const control of [
    'setting-n_layer',
    'setting-lr',
    'prompt',
    'Resume',
    'Save',
    'Generate',
    'Keys',
  ]) {
    expect([...reached]).toContain(control);
  }
  expect(visit.complaints).toEqual([]);
  await visit.end();
});
