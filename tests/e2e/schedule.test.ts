import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { eventually, type Visit, visitEach } from './browser';

let visit: Visit;
visitEach((begun) => (visit = begun));

const small = { n_layer: 1, n_head: 1, n_embd: 16, block_size: 16, batch_size: 2 };
const setting = (name: string) => visit.page.locator(`#setting-${name}`);

it('a finished run goes on where Steps is raised', async () => {
  await visit.setRecipe({ ...small, steps: 60, eval_every: 60 });
  await visit.button('Train').click();
  await visit.waitForPhase('done');
  await setting('steps').fill('90');
  await visit.page.getByText('Steps 90: Resume uses that from step 61 on.').waitFor();
  await visit.button('Resume').click();
  await eventually(() => visit.step()).toBe(90);
  await visit.waitForPhase('done');
});

it('the rate is changed while the run goes on, and its file says so', async () => {
  const { page } = visit;
  await visit.setRecipe({ ...small, steps: 1_000_000, eval_every: 500_000 });
  await visit.button('Train').click();
  await eventually(() => visit.step()).toBeGreaterThan(100);
  expect(await setting('n_layer').isDisabled()).toBe(true); // another model is another run
  await setting('lr').fill('0.0004');
  await setting('min_lr').fill('0.0004');
  await visit.button('use from the next step on').click();
  await page.getByText(/^Learning rate 0.0004, Final rate 0.0004 from step [\d,]+ on\./).waitFor();
  await visit.waitForPhase('running');

  // What is drawn is what was done: the rate of the last step.
  await page.getByRole('slider', { name: 'Step on the chart' }).focus();
  await eventually(async () => {
    await page.keyboard.press('End');
    return page.locator('.step-card').innerText();
  }).toContain('4.00e-4');
  await visit.button('Pause').click();
  await visit.waitForPhase('paused');
  const [step, fingerprint] = [await visit.step(), await visit.fingerprint()];
  await page.getByText(/^Trained by more than this recipe/).waitFor();
  const file = readFileSync((await visit.save()).path);

  await visit.open();
  await visit.drop('again.safetensors', file);
  await visit.waitForPhase('paused');
  expect([await visit.step(), await visit.fingerprint()]).toEqual([step, fingerprint]);
  expect(await setting('lr').inputValue()).toBe('0.0004');
  await visit.button('As a table').click();
  const past = page.locator('.past-schedules');
  expect(await past.innerText()).toMatch(
    /Until step [\d,]+: learning rate 0\.002, final rate 0\.0002, clip 1, 1,000,000 steps\./,
  );
});

it('a change is put back by undo, and begins a new run only where that is asked for', async () => {
  await visit.setRecipe({ ...small, steps: 1_000_000 }); // not done before it is paused
  await visit.button('Step').click();
  await visit.waitForPhase('paused');
  await setting('lr').fill('0.009');
  await visit.button('Step').click();
  await eventually(() => visit.step()).toBe(2);
  await visit.button('Undo').click();
  await eventually(() => setting('lr').inputValue()).toBe('0.002');
  await setting('lr').fill('0.008');
  await visit.button('Train anew instead').click();
  await visit.waitForPhase('running');
  await visit.button('Pause').click();
  await visit.waitForPhase('paused');
  expect(await visit.page.getByText(/^Trained by more/).count()).toBe(0);
});

it('rates that do not fit are explained beside the control', async () => {
  await visit.setRecipe({ ...small, steps: 500 });
  await visit.button('Step').click();
  await visit.waitForPhase('paused');
  await setting('min_lr').fill('0.5');
  await visit.button('Resume').click();
  await visit.page
    .locator('#setting-min_lr-error')
    .getByText(/^Final rate is 0.5, above/)
    .waitFor();
  const focused = () => setting('min_lr').evaluate((it) => it === document.activeElement);
  await eventually(focused).toBe(true);
  await visit.waitForPhase('paused');
});
