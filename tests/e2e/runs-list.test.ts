import { AxeBuilder } from '@axe-core/playwright';
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { eventually, launch, Visit } from './browser';
import { storedRuns, untilKept } from './kept';

const small = { n_layer: 1, n_head: 2, n_embd: 16, block_size: 16, eval_every: 500, steps: 20 };

let browser: Browser;
let visit: Visit;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());
beforeEach(async () => {
  visit = await Visit.begin(browser);
  await visit.setRecipe(small);
});
afterEach(async () => {
  expect(visit.complaints).toEqual([]);
  await visit.end();
});

const rows = ({ page }: Visit) => page.locator('.run-row');
const row = (name: string) => rows(visit).filter({ has: visit.button(`Rename “${name}”`) });
const names = async (of: Visit = visit) =>
  (await rows(of).locator('.run-name').allInnerTexts()).sort();

// A run of so many steps, done and in the list; returns its fingerprint.
async function train(
  name: string,
  changes: Readonly<Record<string, number>> = {},
): Promise<string> {
  await visit.setRecipe(changes);
  await visit.page.locator('.train-button').click();
  await row(name).getByText('open', { exact: true }).waitFor();
  await visit.waitForPhase('done');
  await row(name).getByText(/^done/).waitFor();
  return visit.fingerprint();
}

it('a run is renamed in its place, by keys alone, and keeps the name', async () => {
  await train('tiny stories');
  const field = visit.page.locator('input.run-name:focus');
  await visit.button('Rename “tiny stories”').focus();
  await visit.page.keyboard.press('Enter');
  await field.waitFor();
  await visit.page.keyboard.type('the fox');
  await visit.page.keyboard.press('Enter');
  await visit.button('Rename “the fox”').waitFor();
  await visit.page.locator('button.run-name:focus', { hasText: 'the fox' }).waitFor();
  await visit.page.keyboard.press('Enter');
  await field.waitFor();
  await visit.page.keyboard.type('not this');
  await visit.page.keyboard.press('Escape');
  await visit.page.locator('button.run-name:focus', { hasText: 'the fox' }).waitFor();
  await visit.open();
  await eventually(names).toEqual(['the fox']);
});

it('a name is text, whatever stands in it', async () => {
  await train('tiny stories');
  await visit.button('Rename “tiny stories”').click();
  await visit.page.locator('input.run-name:focus').waitFor();
  await visit.page.keyboard.insertText('<img src=x onerror=alert(1)>');
  await visit.page.keyboard.press('Enter');
  await eventually(names).toEqual(['<img src=x onerror=alert(1)>']);
  expect(await visit.page.locator('.runs-panel img').count()).toBe(0);
});

it('a deleted run is gone, and undo brings it back with its weights', async () => {
  const fingerprint = await train('tiny stories');
  await train('tiny stories 2', { seed: 2 });
  await visit.button('Delete “tiny stories”').click();
  await eventually(names).toEqual(['tiny stories 2']);
  await visit.button('Undo').click();
  await eventually(names).toEqual(['tiny stories', 'tiny stories 2']);
  await visit.button('Open “tiny stories”').click();
  await eventually(() => visit.fingerprint()).toBe(fingerprint);

  // The one that is open leaves the engine, too.
  await visit.button('Delete “tiny stories”').click();
  await visit.waitForPhase('ready');
  await visit.button('Undo').click();
  await visit.waitForPhase('done');
  expect(await visit.fingerprint()).toBe(fingerprint);
  expect(await visit.page.locator('.writing').count()).toBeGreaterThan(0);
});

it('a fork goes its own way, and the run it came from is as it was', async () => {
  await visit.setRecipe({ steps: 100 });
  for (let step = 1; step <= 3; step++) {
    await visit.button('Step').click();
    await eventually(() => visit.step()).toBe(step);
  }
  await untilKept(visit.page, 3);
  const fingerprint = await visit.fingerprint();
  await visit.button('Fork “tiny stories”').click();
  await row('tiny stories, forked').getByText('open', { exact: true }).waitFor();
  expect(await visit.fingerprint()).toBe(fingerprint);
  await visit.button('Step').click();
  await eventually(() => visit.step()).toBe(4);
  await untilKept(visit.page, 4);
  await row('tiny stories, forked')
    .getByText(/from “tiny stories” at step 3/)
    .waitFor();
  await visit.button('Open “tiny stories”').click();
  await eventually(() => visit.fingerprint()).toBe(fingerprint);
  expect(await visit.step()).toBe(3);
});

it('recipes are compared where they differ, and only there', async () => {
  await train('tiny stories');
  await train('tiny stories 2', { n_embd: 32 });
  await visit.page.getByLabel('Show “tiny stories” on the chart').check();
  const table = visit.page.getByRole('region', { name: 'What differs' });
  expect(await table.locator('tbody tr').allInnerTexts()).toEqual(['Width\t32\t16']);
  await visit.page.getByLabel('Show “tiny stories” on the chart').uncheck();
  expect(await table.count()).toBe(0);
});

it('everything goes into one file, and out of it in a fresh profile', async () => {
  const fingerprint = await train('tiny stories');
  await train('tiny stories 2', { seed: 2 });
  const [download] = await Promise.all([
    visit.page.waitForEvent('download'),
    visit.button('Export all').click(),
  ]);
  expect(download.suggestedFilename()).toBe('clearformer-runs.zip');
  const archive = readFileSync(await download.path());

  const other = await Visit.begin(browser);
  await other.page.getByTestId('archive-file').setInputFiles({
    name: 'clearformer-runs.zip',
    mimeType: 'application/zip',
    buffer: archive,
  });
  await other.page.getByText('2 runs were imported.').waitFor();
  expect(await names(other)).toEqual(['tiny stories', 'tiny stories 2']);
  await other.button('Open “tiny stories”').click();
  await other.waitForPhase('done');
  expect(await other.fingerprint()).toBe(fingerprint);

  await other.drop('broken.zip', archive.subarray(0, archive.length - 1000));
  await other.page.getByText(/The archive is damaged or was cut short/).waitFor();
  expect(other.complaints).toEqual([]);
  await other.end();
});

it('how much is kept and what the browser promised is said', async () => {
  await train('tiny stories');
  const foot = visit.page.locator('.storage-foot');
  await foot.getByText(/^1 run, \d.*B of .*\. The browser (promised|may clear)/).waitFor();
});

it('a saved run that is opened stands in the list', async () => {
  await train('tiny stories');
  const saved = await visit.save();
  const other = await Visit.begin(browser);
  await other.drop(saved.name, readFileSync(saved.path));
  await eventually(() => names(other)).toEqual(['tiny-stories']);
  expect(await storedRuns(other.page)).toMatchObject([{ kept: { step: small.steps } }]);
  await other.end();
});

it('on a phone the list is a sheet, which closes over the run that it opens', async () => {
  await train('tiny stories');
  await train('tiny stories 2', { seed: 2 });
  await visit.page.setViewportSize({ width: 390, height: 844 });
  const sheet = visit.page.getByRole('dialog', { name: 'Runs' });
  await visit.page.locator('.bottom-bar').getByRole('button', { name: 'Runs' }).click();
  await sheet.getByRole('button', { name: 'Delete “tiny stories 2”' }).click();
  await sheet.getByRole('button', { name: 'Undo' }).click();
  await sheet.getByRole('button', { name: 'Open “tiny stories”' }).click();
  await sheet.waitFor({ state: 'hidden' });
  await visit.waitForPhase('done');
  await eventually(() => visit.page.locator('.bottom-bar .steps').innerText()).toBe('20 / 20');
});

it('the header leads to the list, by keys as well', async () => {
  await train('tiny stories');
  await visit.page.locator('.settings-scroll').evaluate((it) => it.scrollTo(0, 0));
  await visit.button('Runs').focus();
  await visit.page.keyboard.press('Enter');
  await visit.page.locator('.runs-panel:focus').waitFor();
  await visit.page.keyboard.press('Tab');
  await visit.page.locator('button.run-name:focus', { hasText: 'tiny stories' }).waitFor();
  const list = (await row('tiny stories').boundingBox())!;
  expect(list.y + list.height).toBeLessThanOrEqual(900);
});

// How many pixels of the chart have a colour of tokens.css, or nearly so.
function pixelsOf(token: string): Promise<number> {
  return visit.page.evaluate((token) => {
    const probe = document.createElement('span');
    probe.style.color = `var(${token})`;
    document.body.append(probe);
    const wanted = getComputedStyle(probe).color.match(/\d+/g)!.map(Number);
    probe.remove();
    const canvas = document.querySelector<HTMLCanvasElement>('.loss-canvas canvas')!;
    const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    for (let i = 0; i < data.length; i += 4) {
      const near = wanted.every((value, k) => Math.abs(data[i + k]! - value) < 24);
      if (near && data[i + 3]! > 200) count++;
    }
    return count;
  }, token);
}

it('a run that is shown lies on the chart in its colour, and is gone again', async () => {
  await train('tiny stories');
  await train('tiny stories 2', { n_embd: 32 });
  expect(await pixelsOf('--run-1')).toBe(0);
  await visit.page.getByLabel('Show “tiny stories” on the chart').check();
  await eventually(() => pixelsOf('--run-1')).toBeGreaterThan(50);
  await visit.page.getByLabel('Show “tiny stories” on the chart').uncheck();
  await eventually(() => pixelsOf('--run-1')).toBe(0);
});

it('a fork goes on at another rate and for longer; the run it came from keeps its recipe', async () => {
  await train('tiny stories');
  await visit.button('Fork “tiny stories”').click();
  await row('tiny stories, forked').getByText('open', { exact: true }).waitFor();
  await visit.setRecipe({ steps: 35, lr: 0.0005 });
  await visit.button('Resume').click();
  await row('tiny stories, forked')
    .getByText(/^done, step 35 of 35/)
    .waitFor();
  await visit.page.getByLabel('Show “tiny stories” on the chart').check();
  const table = visit.page.getByRole('region', { name: 'What differs' });
  expect(await table.locator('tbody tr').allInnerTexts()).toEqual([
    'Steps\t35\t20',
    'Learning rate\t0.0005\t0.002',
  ]);
});

it.each(['light', 'dark'] as const)('axe finds nothing wrong with the list, %s', async (scheme) => {
  await visit.page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
  await train('tiny stories');
  await train('tiny stories 2', { n_embd: 32 });
  await visit.page.getByLabel('Show “tiny stories” on the chart').check();
  await visit.button('Rename “tiny stories”').click();
  const wrong = async () => {
    const { violations } = await new AxeBuilder({ page: visit.page }).analyze();
    return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.target.join(' ')}`);
  };
  expect(await wrong()).toEqual([]);
  await visit.page.setViewportSize({ width: 390, height: 844 });
  await visit.page.locator('.bottom-bar').getByRole('button', { name: 'Runs' }).click();
  expect(await wrong()).toEqual([]);
  await visit.open();
  await visit.page.getByText(/is done and kept/).waitFor();
  expect(await wrong()).toEqual([]);
});
