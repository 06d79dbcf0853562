// What looks inside works on a model that was not trained here: one that came in a link without its run,
// and a run that was opened from a file.
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import create from '../../web/src/engine/generated/inspect/inspect.mjs';
import { decodeLink } from '../../web/src/share/link';
import { eventually, launch, Visit } from './browser';

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

const small = { n_layer: 1, n_head: 2, n_embd: 16, block_size: 16, steps: 40, eval_every: 20 };
const foxes = 'The fox sat by the well. The hen sat by the fox. '.repeat(60);
const passage = 'The hen sat';

async function sender(): Promise<Visit> {
  const visit = await Visit.begin(browser);
  await visit.drop('foxes.txt', Buffer.from(foxes));
  await visit.setRecipe(small);
  await visit.button('Train').click();
  await visit.waitForPhase('done');
  return visit;
}

// Looks at the passage, and finds the loss of the model in those bytes, and a number's origin.
async function looksInto(visit: Visit, model: Uint8Array): Promise<void> {
  const inspection = new (await create()).Inspection();
  expect(inspection.open(model).error.message).toBe('');
  const { loss } = inspection.read(passage);
  inspection.delete();
  await visit.button('Look inside').click();
  await visit.page.getByRole('textbox', { name: 'Text to look at' }).fill(passage);
  await visit.page.locator('.inside-text-facts', { hasText: '11 tokens' }).waitFor();
  await visit.page.getByRole('tab', { name: 'What it expects next', exact: true }).click();
  await eventually(async () =>
    Number(await visit.page.getByTestId('passage-loss').innerText()),
  ).toBeCloseTo(loss, 3);
  await visit.page.getByRole('tab', { name: 'Anatomy', exact: true }).click();
  await visit.page.getByTestId('number-slope').waitFor();
  expect(visit.complaints).toEqual([]);
}

it('a model in a link', async () => {
  const from = await sender();
  await from.button('Share').click();
  await from.page.getByLabel('The prompt').uncheck();
  await from.page.getByLabel('The model itself').check();
  const field = from.page.getByRole('textbox', { name: 'Link' });
  const modelOf = async () =>
    (await decodeLink(new URL(await field.inputValue()).hash.slice(1))).value?.model ?? null;
  await eventually(async () => (await modelOf()) !== null).toBe(true);
  const model = (await modelOf())!;
  const link = await field.inputValue();
  await from.end();

  const visit = await Visit.begin(browser, link);
  await visit.button('Write').click();
  await visit.page.locator('.written:not(.streaming)').first().waitFor();
  await looksInto(visit, model);
  await visit.page.getByRole('tab', { name: 'Health', exact: true }).click();
  await visit.page.getByText('This model came without its run').waitFor();
  await visit.end();
});

it('a run from a file', async () => {
  const from = await sender();
  const run = readFileSync((await from.save()).path);
  await from.end();
  const visit = await Visit.begin(browser);
  await visit.drop('run.safetensors', run);
  await visit.waitForPhase('done');
  await looksInto(visit, run);
  await visit.end();
});
