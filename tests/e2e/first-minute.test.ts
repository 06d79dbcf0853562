import { expect, it } from 'vitest';
import { corpora, makeText } from '../../web/src/corpora/corpora';
import { eventually, type Visit, visitEach } from './browser';

let visit: Visit;
visitEach((begun) => (visit = begun));

const hint = () => visit.page.getByRole('complementary', { name: 'Hint' });
const said = () => hint().getByRole('status').innerText();

// By this step a run on two cores is some forty seconds old.
const SOON = 1200;

it('shows a text, a recipe and one obvious button; soon the samples have recognisable words', async () => {
  const { page } = visit;
  expect(await page.locator('.text-preview').innerText()).toMatch(/^Once there was /);
  expect(await page.getByLabel('Preset').inputValue()).toBe('small');
  const primary = page.locator('.button.primary').filter({ visible: true });
  expect(await primary.allInnerTexts()).toEqual(['Train']);

  await primary.click();
  const sample = page
    .locator('.writing')
    .filter({ has: page.getByText(`step ${SOON.toLocaleString('en')}`, { exact: true }) })
    .locator('.written:not(.streaming)');
  await sample.waitFor();
  const known = new Set(
    makeText({ corpus: corpora[0]!, seed: 1 })
      .toLowerCase()
      .match(/[a-z]+/g),
  );
  const words = (await sample.innerText()).toLowerCase().match(/[a-z]+/g) ?? [];
  expect(words.length).toBeGreaterThan(20);
  expect(words.filter((word) => known.has(word)).length / words.length).toBeGreaterThan(0.7);
});

it('a hint says at each stage what to look at next, in a place of its own', async () => {
  const { page } = visit;
  const box = async (place: string) => (await page.locator(place).boundingBox())!;
  const [before, settings] = [await box('.hint'), await box('.settings')];
  expect(await said()).toMatch(/^All is ready\. Press Train/);

  await visit.setRecipe({ n_layer: 1, n_embd: 16, eval_every: 100, steps: 300 });
  await visit.button('Train').click();
  await eventually(said).toMatch(/^(Watch the curve|Compare the newest)/);
  await eventually(said).toMatch(/^Compare the newest writing/);
  await visit.waitForPhase('done');
  expect(await said()).toMatch(/^Your turn/);

  // It never stood over anything, and nothing gave way to it.
  expect(await box('.hint')).toEqual(before);
  expect(await box('.settings')).toEqual(settings);
  const header = await box('.header');
  expect(before.y).toBeGreaterThanOrEqual(header.y + header.height);
  expect(before.y + before.height).toBeLessThanOrEqual(settings.y);

  // Whoever has seen it all is not told again.
  await visit.open();
  await page.locator('.text-preview').waitFor();
  expect(await hint().count()).toBe(0);
});

it('is put away by the keyboard, and does not come again', async () => {
  await visit.button('No more hints').focus();
  await visit.page.keyboard.press('Enter');
  await hint().waitFor({ state: 'detached' });
  await visit.open();
  await visit.page.locator('.text-preview').waitFor();
  expect(await hint().count()).toBe(0);
});

it('is there again for who has not seen it all', async () => {
  await visit.open();
  expect(await said()).toMatch(/^All is ready/);
});
