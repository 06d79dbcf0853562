import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, launch, Visit } from './browser';

let browser: Browser;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser.close());

async function violations({ page }: Visit): Promise<string[]> {
  // What moves has come to rest, be it that another movement took its place (`finished` is then
  // rejected); a caret that blinks never does.
  await page.evaluate(() =>
    Promise.allSettled(
      document
        .getAnimations()
        .filter((animation) => animation.effect?.getTiming().iterations !== Infinity)
        .map((animation) => animation.finished),
    ).then(() => null),
  );
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target }) => `${id}: ${target.join(' ')}`),
  );
}

const small = { n_layer: 1, n_head: 2, n_embd: 16, block_size: 16, eval_every: 500 };

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it('axe finds nothing wrong while idle, training, done and failed', async () => {
    const visit = await Visit.begin(browser, '', { colorScheme });
    expect(await violations(visit)).toEqual([]);

    await visit.setRecipe({ ...small, steps: 1_000_000 });
    await visit.button('Train').click();
    await eventually(() => visit.step()).toBeGreaterThan(0);
    expect(await violations(visit)).toEqual([]);
    await visit.button('Pause').click();

    await visit.setRecipe({ steps: 20 });
    await visit.button('Train anew').click();
    await visit.waitForPhase('done');
    await visit.button('As a table').click();
    expect(await violations(visit)).toEqual([]);

    await visit.setRecipe({ n_embd: 15 });
    await visit.drop('empty.txt', new Uint8Array());
    await visit.page.workers()[0]?.evaluate(() => {
      setTimeout(() => {
        throw new Error('out of memory');
      });
    });
    await visit.waitForPhase('stopped');
    expect(await visit.page.getByRole('alert').count()).toBeGreaterThan(2);
    expect(await violations(visit)).toEqual([]);
    await visit.end();
  });

  it('nor in its dialogs, nor on a phone', async () => {
    const visit = await Visit.begin(browser, '', { colorScheme });
    await visit.button('Keys').click();
    expect(await violations(visit)).toEqual([]);
    await visit.button('Close').click();
    await visit.button('Paste or edit').click();
    expect(await violations(visit)).toEqual([]);
    await visit.button('Cancel').click();

    await visit.page.setViewportSize({ width: 390, height: 844 });
    expect(await violations(visit)).toEqual([]);
    for (const sheet of ['Text', 'Model', 'Training']) {
      await visit.button(sheet).click();
      expect(await violations(visit)).toEqual([]);
      await visit.button('Close').click();
    }
    await visit.end();
  });
});
