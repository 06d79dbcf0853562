import { AxeBuilder } from '@axe-core/playwright';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventually, launch, Visit } from './browser';
import { StaticHost } from './static-host';

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
    await eventually(() => visit.page.getByRole('alert').count()).toBeGreaterThan(2);
    expect(await violations(visit)).toEqual([]);
    await visit.end();
  });

  it('nor where a new version waits and notifications are forbidden', async () => {
    const host = await StaticHost.begin();
    const visit = await Visit.begin(browser, host.url, { colorScheme });
    const { page } = visit;
    await eventually(() => page.evaluate(() => crossOriginIsolated).catch(() => false)).toBe(true);
    host.publish('2');
    await visit.open(host.url);
    await visit.button('New version').waitFor();
    const notice = page.getByLabel('Tell me when a run is done');
    await notice.click();
    await page.getByText(/^The browser shows no notifications/).waitFor();
    expect(await notice.isChecked()).toBe(false);
    expect(await violations(visit)).toEqual([]);
    await visit.end();
    await host.end();
  });

  it('nor where the browser keeps nothing', async () => {
    const visit = await Visit.begin(browser, '', { colorScheme });
    await visit.page.addInitScript(() => {
      Object.defineProperty(window, 'indexedDB', { value: null });
    });
    await visit.open();
    await visit.page.locator('.kept-trouble').waitFor();
    expect(await violations(visit)).toEqual([]);
    await visit.setRecipe({ ...small, steps: 20 });
    await visit.button('Step').click();
    await visit.waitForPhase('paused');
    await visit.button('Probabilities').click();
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
    await visit.button('See its tokens').click();
    await visit.page.locator('.text-token').first().waitFor();
    expect(await violations(visit)).toEqual([]);
    await visit.page.keyboard.press('Escape');
    await visit.button('From an address').click();
    await visit.page.getByRole('dialog', { name: 'A text from the network' }).waitFor();
    expect(await violations(visit)).toEqual([]);
    await visit.page.keyboard.press('Escape');

    await visit.page.getByLabel('Text to learn from').selectOption('arithmetic');
    await visit.page.getByTestId('accuracy').waitFor();
    await visit.drop('latin1.txt', Buffer.from('Stra\xdfe', 'latin1'));
    await visit.page.locator('.faults').waitFor();
    expect(await violations(visit)).toEqual([]);
    await visit.button('Step').click();
    await visit.waitForPhase('paused');
    await visit.button('Share').click();
    await visit.button('Download picture').waitFor();
    expect(await violations(visit)).toEqual([]);
    await visit.button('Close').click();

    await visit.page.setViewportSize({ width: 390, height: 844 });
    expect(await violations(visit)).toEqual([]);
    for (const sheet of ['Text', 'Model', 'Training', 'Runs']) {
      await visit.button(sheet).click();
      expect(await violations(visit)).toEqual([]);
      await visit.button('Close').click();
    }
    await visit.end();
  });

  it('nor with a link, right or wrong, nor in a frame', async () => {
    const own = `text.name=a.txt&text.bytes=5&text.sha256=${'A'.repeat(43)}`;
    const run = 'run.class=strict&run.step=1&run.fingerprint=0123456789abcdef';
    for (const address of [`#1:${own}&${run}`, '#1:n_layer=0', `?embed=1#1:steps=20&${run}`]) {
      const visit = await Visit.begin(browser, address, { colorScheme });
      await visit.page.locator('.shared-words').waitFor();
      expect(await violations(visit)).toEqual([]);
      await visit.page.setViewportSize({ width: 390, height: 844 });
      expect(await violations(visit)).toEqual([]);
      await visit.end();
    }
  });
});

it.each([
  ['no-preference', true],
  ['reduce', false],
] as const)('to who wishes for motion “%s” a sheet moves: %s', async (reducedMotion, moves) => {
  const viewport = { width: 390, height: 844 };
  const visit = await Visit.begin(browser, '', { reducedMotion, viewport });
  const { page } = visit;
  await page.evaluate(() => {
    addEventListener('animationstart', () => (document.documentElement.dataset.moved = 'yes'));
  });
  await visit.button('Model').click();
  await page.getByRole('dialog', { name: 'Model' }).waitFor();
  const moved = () => page.locator('html').getAttribute('data-moved');
  if (moves) {
    await eventually(moved).toBe('yes');
  } else {
    // An animation begins with a frame: so many are enough for any.
    await page.evaluate(async () => {
      for (let frame = 0; frame < 20; frame++) await new Promise(requestAnimationFrame);
    });
    expect(await moved()).toBe(null);
  }
  await visit.end();
});
