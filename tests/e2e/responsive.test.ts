import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { eventually, launch, Visit } from './browser';
import { Devtools } from './devtools';

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

it('the main thread answers while the worker trains', async () => {
  const visit = await Visit.begin(browser);
  const { page } = visit;
  await visit.setRecipe({ steps: 100_000 });
  await visit.button('Train').click();
  await eventually(() => visit.step()).toBeGreaterThan(0);

  // Between two pieces of news of the run there is more than one frame: were the engine's work or
  // the chart's in the way, there would be one at most.
  const { frames, news } = await page.evaluate(async () => {
    const steps = document.querySelector('.phase-mark .steps');
    let [frames, news] = [0, 0];
    const observer = new MutationObserver(() => news++);
    observer.observe(steps!, { characterData: true, childList: true, subtree: true });
    while (news < 20) {
      await new Promise(requestAnimationFrame);
      frames++;
    }
    observer.disconnect();
    return { frames, news };
  });
  expect(frames).toBeGreaterThan(news);

  // And a press is answered while the run goes on.
  for (let i = 0; i < 20; i++) {
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
  }
  await visit.waitForPhase('running');
  await visit.end();
});

it('a hidden tab trains on', async () => {
  const devtools = new Devtools();
  try {
    const page = await devtools.openTab(inject('pageUrl'));
    const word = () => page.evaluate('document.querySelector(".phase-word")?.textContent');
    const step = async () => {
      const words = await page.evaluate(
        'document.querySelector(".phase-mark .steps")?.textContent',
      );
      return Number(String(words).split('/')[0]?.replaceAll(',', ''));
    };
    await eventually(word).toBe('ready');
    await page.evaluate('document.querySelector(".train-button").click()');
    await eventually(step).toBeGreaterThan(0);

    await devtools.openTab('about:blank');
    await eventually(() => page.evaluate('document.visibilityState')).toBe('hidden');
    const hiddenAt = await step();
    await eventually(step).toBeGreaterThan(hiddenAt + 50);
    expect(await page.evaluate('document.visibilityState')).toBe('hidden');
  } finally {
    await devtools.close();
  }
});
