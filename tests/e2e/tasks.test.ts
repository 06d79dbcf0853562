import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { corpora } from '../../web/src/corpora/corpora';
import { eventually, type Visit, visitEach } from './browser';

let visit: Visit;
visitEach((begun) => (visit = begun));

const chooser = () => visit.page.getByLabel('Text to learn from');
const preview = () => visit.page.locator('.text-preview').innerText();
// What belongs to a sample text is there with it.
async function choose(key: string): Promise<void> {
  await chooser().selectOption(key);
  await eventually(preview).toMatch(corpora.find((corpus) => corpus.key === key)!.form);
}
const seed = () => visit.page.getByLabel('Text seed');
const accuracy = async () => parseFloat(await visit.page.getByTestId('accuracy').innerText());

it('every sample is made without the network, and says what it teaches', async () => {
  await visit.page.context().setOffline(true);
  for (const { key, teaches } of corpora) {
    await choose(key);
    expect(await visit.page.locator('.text-teaches').innerText()).toBe(teaches);
  }
});

it('its seed is seen and changed; another makes another text', async () => {
  await choose('dates');
  expect(await seed().inputValue()).toBe('1');
  const first = await preview();
  await visit.button('Another').click();
  await eventually(() => seed().inputValue()).toBe('2');
  await eventually(preview).not.toBe(first);

  await seed().fill('1');
  await seed().press('Enter');
  await eventually(preview).toBe(first);

  for (const wrong of ['0', '10000', '1.5', 'one', '']) {
    await seed().fill(wrong);
    await seed().press('Enter');
    await eventually(() => visit.page.locator('.text-seed').getByRole('alert').innerText()).toMatch(
      /^Text seed is .*; it must be a whole number from 1 up to 9999\.$/,
    );
    expect(await preview()).toBe(first);
  }
  await visit.button('Undo').click();
  await eventually(() => seed().inputValue()).toBe('2');
});

describe('a task', () => {
  it('is learned: the share of right answers rises, and comes back with the run', async () => {
    const { page } = visit;
    await choose('sorted-lists');
    await seed().fill('12');
    await seed().press('Enter');
    await visit.button('Use its preset').click();
    await eventually(() => page.getByLabel('Preset').inputValue()).toBe('tasks');
    expect(await page.getByTestId('accuracy').innerText()).toBe('–');
    await visit.button('Train').click();
    await eventually(accuracy).toBeLessThan(5);
    await eventually(accuracy).toBeGreaterThan(60);
    expect(await page.locator('.accuracy-words').innerText()).toMatch(
      /^\d+ of 64 held-out questions at step [\d,]+\./,
    );
    const points = await page.locator('.accuracy polyline').getAttribute('points');
    expect(points!.split(' ').length).toBeGreaterThan(2);

    await visit.button('Pause').click();
    await visit.waitForPhase('paused');
    const [step, fingerprint] = [await visit.step(), await visit.fingerprint()];
    const file = readFileSync((await visit.save()).path);

    await visit.open();
    await visit.drop('renamed.safetensors', file);
    await visit.waitForPhase('paused');
    expect(await visit.fingerprint()).toBe(fingerprint);
    await eventually(() => chooser().inputValue()).toBe('sorted-lists');
    expect(await seed().inputValue()).toBe('12');
    await eventually(accuracy).toBeGreaterThan(30);
    expect(await page.locator('.accuracy-words').innerText()).toContain(
      `at step ${step.toLocaleString('en')}.`,
    );
    // Asking changed nothing.
    expect(await visit.fingerprint()).toBe(fingerprint);
  });

  it('has its place beside the loss before it is trained, and no other text has', async () => {
    expect(await visit.page.getByTestId('accuracy').count()).toBe(0);
    await chooser().selectOption('brackets');
    await eventually(() => visit.page.getByTestId('accuracy').innerText()).toBe('–');
    const place = () => visit.page.locator('.accuracy').boundingBox();
    const before = await place();
    await visit.setRecipe({ n_layer: 1, n_embd: 16, steps: 100, eval_every: 50 });
    await visit.button('Train').click();
    await visit.waitForPhase('done');
    await eventually(accuracy).toBeGreaterThanOrEqual(0);
    expect(await place()).toEqual(before);
  });
});
