import { afterAll, describe, expect, it } from 'vitest';
import { Folder } from '../engine/cli/run';
import { eventually, type Visit, visitEach } from './browser';
import { opened, tab, trained } from './inside';

let visit: Visit;
visitEach((begun) => (visit = begun));

const folder = new Folder();
afterAll(() => folder.remove());

describe('the tour', () => {
  const stopInAddress = () => new URL(visit.page.url()).searchParams.get('tour');
  const title = () => visit.page.locator('#inside-stop-title').innerText();

  it('goes by buttons and keys through ten stops, each on the model at hand', async () => {
    await trained(visit, folder);
    await opened(visit);
    await visit.button('Take the tour').click();
    expect(await title()).toBe('1/10 Text becomes numbers');
    const numbers = await visit.page.getByTestId('numbers').locator('li').allInnerTexts();
    expect(numbers).toHaveLength(12);
    expect(numbers[0]).toMatch(/^O\s+\d+$/);
    const sides = ['Anatomy', 'Attention', 'Attention', 'What it expects next'];
    const rest = ['What it expects next', 'Anatomy', 'Gradients, proven', 'Memory and time'];
    for (const [i, side] of [...sides, ...rest, 'What it expects next'].entries()) {
      if (i % 2) await visit.page.keyboard.press('ArrowRight');
      else await visit.button('Next stop').click();
      await eventually(title).toMatch(new RegExp(`^${i + 2}/10`));
      await eventually(() => tab(visit, side).getAttribute('aria-selected')).toBe('true');
      await eventually(stopInAddress).toBe(String(i + 2));
      if (i + 2 !== 4) continue;
      // Without the largest taken away, e to the power of 100 is infinite in float.
      const table = () => visit.page.getByTestId('softmax').innerText();
      await eventually(table).toMatch(/e\^ 1\.00/);
      await visit.page.getByLabel('subtract the largest score first').uncheck();
      expect(await table()).toMatch(/e\^ Infinity\s+share NaN/);
      await visit.page.getByLabel('subtract the largest score first').check();
      expect(await table()).not.toContain('NaN');
      await visit.button('Next stop').focus();
    }
    await visit.button('End of the tour').click();
    await eventually(stopInAddress).toBeNull();
  });

  it('is found by its address', async () => {
    await visit.open('?tour=6');
    await visit.page.locator('.inside-note', { hasText: 'There is no model yet' }).waitFor();
    await trained(visit, folder);
    await eventually(title).toBe('6/10 The loss: how much it was surprised');
    await visit.page.getByTestId('passage-loss').waitFor();
    await visit.button('Close inside').click();
    await eventually(stopInAddress).toBeNull();
  });
});
