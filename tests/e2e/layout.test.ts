import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, launch, Visit } from './browser';

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

const landmarks = [
  '.header-run',
  '.phase-dot',
  '.theme-switch',
  '.loss-canvas',
  '.readouts',
  '.standing',
  '.writing-panel',
  '.prompt',
  '.train-button',
];

// Where they stand on the page, however far it is scrolled.
function places({ page }: Visit): Promise<Record<string, number[]>> {
  return page.evaluate(
    (landmarks) =>
      Object.fromEntries(
        landmarks.map((landmark) => {
          const box = document.querySelector(landmark)!.getBoundingClientRect();
          return [landmark, [box.left, box.top + scrollY, box.width, box.height]];
        }),
      ),
    landmarks,
  );
}

it('what looks inside the model has its place under curve and writing, which make room', async () => {
  const visit = await Visit.begin(browser);
  const boxes = () =>
    visit.page.evaluate(() =>
      ['.loss-panel', '.writing-column', '.work', '.inside'].map((place) => {
        const { left, right, top, bottom } = document.querySelector(place)!.getBoundingClientRect();
        return { left, right, top, bottom };
      }),
    );
  const standsBelow = async () => {
    const [loss, writing, work, inside] = await boxes();
    expect([inside?.left, inside?.right, inside?.bottom]).toEqual([
      ...[work?.left, work?.right, work?.bottom],
    ]);
    expect([loss?.bottom, writing?.bottom]).toEqual([inside?.top, inside?.top]);
    return inside!.bottom - inside!.top;
  };
  expect(await standsBelow()).toBeLessThan(44); // a line, until it is opened
  await visit.button('Look inside').click();
  await visit.page.locator('.inside-note', { hasText: 'There is no model yet' }).waitFor();
  expect(await standsBelow()).toBeGreaterThan(300);
  await visit.end();
});

describe.each([
  { width: 1440, height: 900 },
  { width: 1024, height: 768 },
  { width: 390, height: 844 },
])('$width pixels wide', (viewport) => {
  it('nothing moves because a number or a text came', async () => {
    const visit = await Visit.begin(browser, '', { viewport });
    const before = await places(visit);
    await visit.button('Train').click();
    await visit.page.locator('.writing').first().waitFor();
    expect(await places(visit)).toEqual(before);
    await eventually(() => visit.page.getByTestId('val-loss').innerText()).toMatch(/\d/);
    await eventually(() => visit.page.getByTestId('train-loss').innerText()).toMatch(/\d/);
    expect(await places(visit)).toEqual(before);
    await visit.button('Pause').click();
    await visit.page.locator('.fingerprint .mono').waitFor();
    expect(await places(visit)).toEqual(before);
    await visit.end();
  });

  it('nothing is wider than the page', async () => {
    const visit = await Visit.begin(browser, '', { viewport });
    const overflow = () =>
      visit.page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
    expect(await overflow()).toBe(0);
    // A long name, and a token that has nowhere to break.
    await visit.drop(`${'long-name-'.repeat(20)}.txt`, Buffer.from('Unbreakable'.repeat(500)));
    await visit.page.locator('.text-facts, .bottom-bar', { hasText: /5,500|long-name/ }).waitFor();
    await visit.button('Train').click();
    await visit.page.locator('.writing').first().waitFor();
    expect(await overflow()).toBe(0);
    await visit.end();
  });
});

it('on a desk the page is as high as the window, whatever is open', async () => {
  const visit = await Visit.begin(browser);
  await visit.setRecipe({}); // opens every part of the recipe
  const [page, window] = await visit.page.evaluate(() => [
    document.documentElement.scrollHeight,
    innerHeight,
  ]);
  expect(page).toBe(window);
  await visit.end();
});

it('the chart’s keys are told to the end, in the place of its unit', async () => {
  const visit = await Visit.begin(browser);
  await visit.page.keyboard.press('Tab');
  await visit.page.getByRole('slider', { name: 'Step on the chart' }).focus();
  const keys = visit.page.locator('.chart-keys');
  await keys.waitFor();
  expect(await keys.evaluate((it) => it.scrollWidth - it.clientWidth)).toBe(0);
  await visit.end();
});
