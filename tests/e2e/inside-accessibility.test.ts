import { AxeBuilder } from '@axe-core/playwright';
import { afterAll, describe, expect, it } from 'vitest';
import { Folder } from '../engine/cli/run';
import { type Visit, visitEach } from './browser';
import { opened, tab, trained } from './inside';

let visit: Visit;
visitEach((begun) => (visit = begun));

const folder = new Folder();
afterAll(() => folder.remove());

describe.each(['light', 'dark'] as const)('in %s', (colorScheme) => {
  it('axe finds nothing wrong in it, and nothing is wider than a phone', async () => {
    await visit.page.emulateMedia({ colorScheme });
    const violations = async () => {
      const { violations } = await new AxeBuilder({ page: visit.page })
        .include('.inside') // the rest is looked at elsewhere
        .analyze();
      return violations.flatMap(({ id, nodes }) =>
        nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')} ${failureSummary}`),
      );
    };
    await visit.button('Look inside').click();
    await visit.page.locator('.inside-note').waitFor();
    expect(await violations()).toEqual([]);
    await visit.button('Close inside').click();
    await trained(visit, folder);
    await opened(visit);
    await visit.button('Take the tour').click();
    await visit.page.getByTestId('numbers').waitFor();
    expect(await violations()).toEqual([]);
    await visit.button('Leave').click();
    for (const width of [1440, 390]) {
      await visit.page.setViewportSize({ width, height: 900 });
      for (const name of [
        'Attention',
        'What it expects next',
        'Gradients, proven',
        'Anatomy',
        'Health',
        'Memory and time',
      ]) {
        await tab(visit, name).click();
        await visit.page.locator('.inside-side h3').first().waitFor();
        if (name.startsWith('Grad')) await visit.page.getByTestId('verdict').waitFor();
        if (name === 'Anatomy') await visit.page.getByTestId('number-slope').waitFor();
        expect(await violations()).toEqual([]);
        const overflow = await visit.page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow).toBe(0);
      }
    }
  });
});
