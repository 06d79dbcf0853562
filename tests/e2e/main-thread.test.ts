import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { flags, Folder, succeed } from '../engine/cli/run';
import { eventually, launch, Visit } from './browser';
import { mainThreadTasks } from './main-thread';
import { realText } from './texts';

const LONGEST_TASK = 50; // ms
const STEPS = 100_000;

// So small that the command line takes its steps in seconds; the history is what matters.
const recipe = {
  n_layer: 1,
  n_head: 1,
  n_embd: 2,
  block_size: 2,
  batch_size: 1,
  eval_every: 500,
  eval_batches: 1,
  steps: 10 * STEPS,
};

let browser: Browser;
let folder: Folder;
const file = () => folder.at('run.safetensors');

beforeAll(async () => {
  folder = new Folder();
  const text = folder.write('text.txt', realText().slice(0, 4000));
  const rest = ['--text', text, '--stop-at', `${STEPS}`, '--out', file()];
  succeed('train', ...flags(recipe), ...rest);
  browser = await launch();
});
afterAll(async () => {
  await browser.close();
  folder.remove();
});

it('a task that takes long is seen', async () => {
  const visit = await Visit.begin(browser);
  const tasks = await mainThreadTasks(browser, visit.page, () =>
    visit.page.evaluate((longest) => {
      const end = performance.now() + 20 * longest; // enough for all but the busiest machine
      while (performance.now() < end);
    }, LONGEST_TASK),
  );
  expect(Math.max(...tasks)).toBeGreaterThan(LONGEST_TASK);
  await visit.end();
});

it('no task of the main thread takes 50 ms while 100,000 steps are charted and more are trained', async () => {
  const visit = await Visit.begin(browser);
  const { page } = visit;
  const tasks = await mainThreadTasks(browser, page, async () => {
    await page.getByTestId('run-file').setInputFiles(file());
    await visit.waitForPhase('paused');
    expect(await visit.step()).toBe(STEPS);
    await visit.button('Resume').click();
    await eventually(() => visit.step()).toBeGreaterThan(STEPS + 1000);
    // Close up and back, twenty redrawings of the chart, and the page as someone uses it meanwhile.
    await page.locator('.loss-canvas canvas').hover();
    for (let turn = 0; turn < 10; turn++) await page.mouse.wheel(0, turn < 5 ? -400 : 400);
    await page.evaluate(async () => {
      for (let frame = 0; frame < 20 * 10; frame++) await new Promise(requestAnimationFrame);
    });
    await visit.button('As a table').click();
    await visit.button('As a chart').click();
    await visit.button('Pause').click();
    await visit.waitForPhase('paused');
  });
  expect(tasks.length).toBeGreaterThan(100);
  expect(tasks.filter((duration) => !(duration < LONGEST_TASK))).toEqual([]);
  await visit.end();
});
