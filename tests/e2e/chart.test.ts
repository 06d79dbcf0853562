import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { eventually, launch, Visit } from './browser';

let browser: Browser;
let visit: Visit;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());
afterEach(async () => {
  expect(visit.complaints).toEqual([]);
  await visit.end();
});

const small = { n_layer: 1, n_head: 1, n_embd: 8, block_size: 8, batch_size: 2 };
const canvas = () => visit.page.locator('.loss-canvas canvas');
const description = async () => (await canvas().getAttribute('aria-label')) ?? '';
const card = () => visit.page.locator('.step-card');

// The steps in view, as the chart's description names them; null for the whole run.
async function range(): Promise<[number, number] | null> {
  const words = /from step ([\d,]+) to ([\d,]+)\./.exec(await description());
  const number = (digits = '') => Number(digits.replaceAll(',', ''));
  return words && [number(words[1]), number(words[2])];
}
const width = async () => {
  const shown = await range();
  return shown ? shown[1] - shown[0] : Infinity;
};

// A point of the chart, as shares of its width and height.
async function place(x: number, y = 0.5): Promise<[number, number]> {
  const box = (await canvas().boundingBox())!;
  return [box.x + x * box.width, box.y + y * box.height];
}

describe('a run of some hundred steps', () => {
  beforeEach(async () => {
    visit = await Visit.begin(browser);
    await visit.setRecipe({ ...small, steps: 400, eval_every: 100 });
    await visit.button('Train').click();
    await visit.waitForPhase('done');
  });

  it('is zoomed by dragging, the wheel and keys, moved, and shown whole again', async () => {
    const { mouse, keyboard } = visit.page;
    expect(await range()).toBeNull();
    await mouse.move(...(await place(0.5)));
    await mouse.down();
    await mouse.move(...(await place(0.75)), { steps: 4 });
    await mouse.up();
    await eventually(width).toBeLessThan(130);
    const [from, to] = (await range())!;
    expect(from).toBeGreaterThan(170);
    expect(to).toBeLessThan(330);

    await mouse.wheel(0, 240);
    await eventually(width).toBeGreaterThan(to - from);
    await mouse.dblclick(...(await place(0.5)));
    await eventually(range).toBeNull();

    await mouse.wheel(0, -240);
    await eventually(width).toBeLessThan(400);
    const before = (await range())!;
    await keyboard.down('Shift');
    await mouse.down();
    await mouse.move(...(await place(0.3)), { steps: 8 });
    await mouse.up();
    await keyboard.up('Shift');
    await eventually(async () => (await range())![0]).toBeGreaterThan(before[0]);
    expect(await width()).toBeCloseTo(before[1] - before[0], -1);
    await visit.button('Whole run').click();
    await eventually(range).toBeNull();

    await visit.page.getByRole('slider', { name: 'Step on the chart' }).focus();
    await keyboard.press('+');
    await eventually(width).toBeLessThan(300);
    const middle = (await range())!;
    await keyboard.press('Shift+ArrowLeft');
    await eventually(async () => (await range())![0]).toBeLessThan(middle[0]);
    await keyboard.press('-');
    await keyboard.press('0');
    await eventually(range).toBeNull();
  });

  it('tells the numbers of the step pointed at, and its sample', async () => {
    await visit.page.mouse.move(...(await place(0.5)));
    await card().waitFor();
    const words = await card().innerText();
    const step = Number(/step (\d+)/.exec(words)?.[1]);
    expect(step).toBeGreaterThan(180);
    expect(step).toBeLessThan(220);
    expect(words).toMatch(/train\s+\d\.\d{3}/);
    expect(words).toMatch(/val\. at 200\s+\d\.\d{3}/);
    expect(words).toMatch(/learning rate\s+\d\.\d\de-\d/);
    expect(words).toMatch(/gradient norm\s+\d+\.\d{3}/);
    const sample = visit.page.locator('.writing.pointed');
    expect(await sample.locator('.writing-step').innerText()).toBe('step 200');
    const written = (await sample.locator('.written').innerText()).replace(/\s+/g, ' ');
    expect(words.replace(/\s+/g, ' ')).toContain(written.slice(0, 40));
    await visit.page.mouse.move(5, 5);
    await card().waitFor({ state: 'detached' });

    // And the other way round: a sample shows where it stands on the curve.
    await visit.page.locator('.writing', { hasText: 'step 100' }).last().hover();
    await eventually(() => card().innerText()).toMatch(/^step 100/);
  });

  it('keeps what was written on the way, to scroll back through', async () => {
    const steps = await visit.page.locator('.writing-step').allInnerTexts();
    expect(steps).toEqual(['step 400', 'step 300', 'step 200', 'step 100', 'step 0']);
    const first = visit.page.locator('.writing').last();
    await expect(first.isVisible()).resolves.toBe(true);
    await first.scrollIntoViewIfNeeded();
    const list = visit.page.getByRole('list', { name: 'What the model wrote' });
    expect(await list.evaluate((it) => it.scrollTop)).toBeGreaterThan(0);
  });

  it('is read by keys, and told to a screen reader', async () => {
    const slider = visit.page.getByRole('slider', { name: 'Step on the chart' });
    const told = () => slider.getAttribute('aria-valuetext');
    await slider.focus();
    await visit.page.keyboard.press('ArrowLeft');
    await eventually(told).toMatch(/^Step 400: training loss \d\.\d+, learning rate .*validation/);
    await visit.page.keyboard.press('ArrowLeft');
    await eventually(told).toMatch(/^Step 396: /);
    const keys = (await visit.page.locator('.chart-keys').boundingBox())!;
    const { y } = (await canvas().boundingBox())!;
    expect(keys.y + keys.height).toBeLessThanOrEqual(y); // they cover nothing
    await visit.page.keyboard.press('Home');
    await eventually(told).toMatch(/^Step 1: /);
    expect(await card().innerText()).toMatch(/^step 1\b/);
    await visit.page.keyboard.press('Escape');
    await card().waitFor({ state: 'detached' });
  });

  it('fills the screen, and gives it back', async () => {
    const size = async () => (await canvas().boundingBox())!.width;
    const before = await size();
    await visit.button('Full screen').click();
    await eventually(size).toBeGreaterThan(before + 300);
    await visit.page.mouse.move(...(await place(0.5)));
    await eventually(() => card().innerText()).toMatch(/^step (1[89]|20|21)\d/);
    await visit.button('Leave full screen').click();
    await eventually(size).toBe(before);
  });

  it.each(['Log', 'Smooth', 'Rates'])('%s is a switch that changes the picture', async (name) => {
    const picture = () => canvas().evaluate((it) => (it as HTMLCanvasElement).toDataURL());
    const pressed = () => visit.button(name).getAttribute('aria-pressed');
    for (let i = 0; i < 2; i++) {
      const [before, was] = [await picture(), await pressed()];
      await visit.button(name).click();
      await eventually(async () => (await picture()) !== before).toBe(true);
      expect(await pressed()).toBe(was === 'true' ? 'false' : 'true');
    }
  });
});

it('two fingers zoom, and one scrolls the page', async () => {
  visit = await Visit.begin(browser, '', {
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
  });
  await visit.button('Train').tap();
  await visit.waitForPhase('running');
  await eventually(description).toMatch(/over [1-9]/);
  const devtools = await visit.page.context().newCDPSession(visit.page);
  const touch = (type: string, ...points: [number, number][]) =>
    devtools.send('Input.dispatchTouchEvent', {
      type: type as 'touchStart',
      touchPoints: points.map(([x, y], id) => ({ x, y, id })),
    });
  await touch('touchStart', await place(0.45), await place(0.55));
  for (const spread of [0.1, 0.15, 0.2, 0.25, 0.3]) {
    await touch('touchMove', await place(0.5 - spread), await place(0.5 + spread));
  }
  await touch('touchEnd');
  await eventually(width).toBeLessThan(1000);

  const [x, y] = await place(0.5, 0.8);
  await touch('touchStart', [x, y]);
  for (const up of [20, 60, 100, 140]) await touch('touchMove', [x, y - up]);
  await touch('touchEnd');
  await eventually(() => visit.page.evaluate('scrollY')).toBeGreaterThan(20);
});
