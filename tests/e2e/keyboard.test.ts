import type { Locator } from 'playwright-core';
import { expect, it } from 'vitest';
import { eventually, type Visit, visitEach } from './browser';

let visit: Visit;
visitEach((begun) => (visit = begun));

async function press(...keys: string[]): Promise<void> {
  for (const key of keys) await visit.page.keyboard.press(key);
}

const keyList = () => visit.page.getByRole('dialog', { name: 'Keys' });
const mine = () => visit.page.locator('.writing', { hasText: 'from your prompt' });
const focused = (control: Locator) =>
  control.evaluate((element) => element === document.activeElement);

it('the keys train, pause, step, write and show their list', async () => {
  await press('?');
  await keyList().waitFor();
  await press('Escape');
  await keyList().waitFor({ state: 'hidden' });

  await press('.');
  await eventually(() => visit.step()).toBe(1);
  await press('.');
  await eventually(() => visit.step()).toBe(2);

  await press('Space');
  await visit.waitForPhase('running');
  await press('Space');
  await visit.waitForPhase('paused');

  await press('/');
  await visit.page.keyboard.type('Once');
  await press('Enter');
  await mine().waitFor();
  await press('Escape', 'g');
  await eventually(() => mine().count()).toBe(2);
});

it.each(['#prompt', '#setting-seed'])('in %s they are letters', async (field) => {
  await press('.');
  await visit.waitForPhase('paused');
  const control = visit.page.locator(field);
  await control.fill('');
  await control.focus();
  await visit.page.keyboard.type('g. ?/');
  expect(await control.inputValue()).toBe('g. ?/');
  expect(await keyList().isVisible()).toBe(false);
  // What they would have set off would have come before this.
  await visit.save();
  expect(await visit.step()).toBe(1);
  expect(await mine().count()).toBe(0);
});

it('every control is reached by Tab and shows it, there and back', async () => {
  await press('.');
  await visit.waitForPhase('paused');
  for (const summary of await visit.page.locator('summary').all()) {
    await summary.focus();
    await press('Enter');
  }
  const all = await visit.page
    .locator('button, input:not([tabindex="-1"]), select, textarea, summary')
    .filter({ visible: true })
    .evaluateAll((controls) =>
      controls.map((control, i) => ((control as HTMLElement).dataset.place = String(i))),
    );
  expect(all.length).toBeGreaterThan(30);

  for (const key of ['Tab', 'Shift+Tab']) {
    const reached = new Set<string>();
    await visit.page.evaluate(() => (document.activeElement as HTMLElement).blur());
    // A few more stops than controls: what scrolls, and the browser's own.
    for (let i = 0; i < all.length + 10; i++) {
      await press(key);
      const focus = await visit.page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        const { outlineStyle, outlineWidth } = getComputedStyle(element);
        const outlined = outlineStyle === 'solid' && outlineWidth === '2px';
        return { place: element.dataset.place, outlined, name: element.outerHTML.slice(0, 80) };
      });
      if (focus.place === undefined) continue;
      reached.add(focus.place);
      expect(focus).toMatchObject({ outlined: true });
    }
    expect(all.filter((place) => !reached.has(place))).toEqual([]);
  }
});

it('controls are pressed by Enter and Space, and the focus stays in its place', async () => {
  const { page } = visit;
  const press = async (control: Locator, key: string) => {
    await control.focus();
    await page.keyboard.press(key);
  };
  await press(visit.button('Train'), 'Enter');
  await visit.waitForPhase('running');
  expect(await focused(visit.button('Pause'))).toBe(true);
  await press(visit.button('Pause'), 'Space');
  await visit.waitForPhase('paused');
  expect(await focused(visit.button('Resume'))).toBe(true);

  await press(visit.button('Keys'), 'Enter');
  await keyList().waitFor();
  await page.keyboard.press('Escape');
  await keyList().waitFor({ state: 'hidden' });
  expect(await focused(visit.button('Keys'))).toBe(true);

  await press(visit.button('Paste or edit'), 'Space');
  const editor = page.getByRole('textbox', { name: 'Text', exact: true });
  await editor.fill('A fox and a hare. '.repeat(100));
  await press(visit.button('Use this text'), 'Enter');
  await page.locator('.text-facts', { hasText: '1,800 characters' }).waitFor();

  await press(page.getByLabel('Preset'), 'ArrowUp');
  await eventually(() => page.locator('#setting-n_layer').inputValue()).toBe('2');

  await press(visit.button('Reset'), 'Enter');
  await visit.waitForPhase('ready');
  expect(await focused(visit.button('Reset'))).toBe(true);
  for (const picker of ['Open files', 'Open']) {
    const chooser = page.waitForEvent('filechooser');
    await press(visit.button(picker), 'Enter');
    await chooser;
  }
});
