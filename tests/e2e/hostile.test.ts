// Words of strangers are shown as words: a link, a file's name, a text, a run's name, a model and its card
// run nothing, and come to nothing in the page but text.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { firstOptions } from '../../web/src/recipe/sample-options';
import { encodeLink } from '../../web/src/share/link';
import { noText } from '../../web/src/share/shared';
import { Folder, succeed } from '../engine/cli/run';
import { small, trainRun } from '../engine/cli/small';
import { defaultRecipe } from '../../web/src/recipe/schema';
import { eventually, visitEach, type Visit } from './browser';

const SHOWN = '<img src=x onerror='; // what follows is quoted in a message
const HOSTILE = `${SHOWN}"taken=1">`;
const WORSE = `${HOSTILE}<script>taken=1</script><a href="javascript:taken=1">here</a>`;
const text = `${WORSE}\n`.repeat(60);

let visit: Visit;
visitEach((begun) => (visit = begun)); // which sees that the policy had nothing to forbid

const folder = new Folder();
afterAll(() => folder.remove());

async function expectHarmless(): Promise<void> {
  const { page } = visit;
  expect(await page.locator('body').innerText()).toContain(SHOWN);
  expect(await page.locator('img[src="x"], a[href^="javascript"], body script').count()).toBe(0);
  expect(await page.evaluate('window.taken')).toBeUndefined();
}

async function train(): Promise<void> {
  await visit.setRecipe({ n_layer: 1, n_head: 1, n_embd: 16, block_size: 16, steps: 40 });
  await visit.button('Train').click();
  await visit.waitForPhase('done');
}

it('a link', async () => {
  const writing = { prompt: WORSE, options: firstOptions, stop: HOSTILE };
  const shared = {
    text: { ...noText, name: HOSTILE, content: text },
    writing,
    run: null,
    model: null,
  };
  const fragment = await encodeLink({ recipe: { ...defaultRecipe, steps: 12 }, ...shared });
  await visit.open(`#${fragment}`);
  await visit.page.locator('.shared-words').waitFor();
  await expectHarmless();
});

it('a link that is markup itself', async () => {
  await visit.open(`#${encodeURIComponent(WORSE)}`);
  await visit.open(
    `?build=${encodeURIComponent(WORSE)}&tour=${encodeURIComponent(WORSE)}#${WORSE}`,
  );
  expect(await visit.page.evaluate('window.taken')).toBeUndefined();
  expect(await visit.page.locator('img[src="x"]').count()).toBe(0);
});

it('a file’s name, its text, what is written of it, and a run’s name', async () => {
  await visit.drop(`${HOSTILE}.txt`, Buffer.from(text));
  await visit.page.locator('.text-facts').waitFor();
  await train();
  await expectHarmless();
  await visit.page.getByRole('button', { name: /^Rename / }).click();
  await visit.page.locator('input.run-name').fill(WORSE);
  await visit.page.keyboard.press('Enter');
  await eventually(() => visit.page.locator('.run-row').innerText()).toContain(HOSTILE);
  await visit.button('Share').click();
  await expectHarmless();
});

it('a file that is refused', async () => {
  await visit.drop(`${WORSE}.safetensors`, Buffer.from(WORSE));
  await visit.page.locator('.run-controls').getByRole('alert').waitFor();
  await visit.drop(`${HOSTILE}.txt`, Buffer.from([0xff, 0xfe, 0xff]));
  await visit.page.locator('.text-panel').getByRole('alert').waitFor();
  expect(await visit.page.locator('img[src="x"]').count()).toBe(0);
  expect(await visit.page.evaluate('window.taken')).toBeUndefined();
});

it('a model, its configuration and its card', async () => {
  const out = folder.at('hf');
  succeed('export', '--model', trainRun(folder, 'run', small), '--to', 'hf', '--out', out);
  const read = (name: string) => readFileSync(join(out, name));
  const config = JSON.parse(read('config.json').toString()) as Record<string, unknown>;
  await visit.dropFiles({
    'config.json': Buffer.from(JSON.stringify({ ...config, model_type: HOSTILE })),
    'tokenizer.json': read('tokenizer.json'),
    'README.md': Buffer.from(`# ${WORSE}`),
    'model.safetensors': read('model.safetensors'),
  });
  await eventually(() => visit.page.locator('body').innerText()).toContain(SHOWN);
  await expectHarmless();
});
