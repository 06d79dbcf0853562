import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { eventually, type Visit, visitEach } from './browser';
import { untilWayBackIsKept } from './kept';

let visit: Visit;
visitEach((begun) => (visit = begun));

const small = { n_layer: 1, n_head: 1, n_embd: 16, block_size: 16, batch_size: 2, steps: 300 };
// A decay of 1 - 1 * 5 takes each weight further to the other side; a third of the rate does not.
const overshooting = { ...small, lr: 1, min_lr: 0.3, weight_decay: 5, warmup_steps: 0 };
// Without a clip a step of this length climbs the other side of the valley, higher each time.
const climbing = { ...small, optimizer: 'sgd', lr: 10, grad_clip: 0, warmup_steps: 0 };

const remedies = () => visit.page.getByRole('region', { name: 'Remedies' });
const notice = () => visit.page.locator('.standing .trouble').innerText();

async function diverge(
  recipe: Readonly<Record<string, string | number | boolean>>,
): Promise<number> {
  await visit.setRecipe({ eval_every: 1000, ...recipe });
  await visit.button('Train').click();
  await visit.waitForPhase('stopped');
  return visit.step();
}

it('a run that diverges stops, names the tensor, and goes on at a lower rate', async () => {
  const step = await diverge(overshooting);
  expect(await notice()).toMatch(
    /^(The loss|The gradient|A weight) became infinite at step \d+, first in .+ \(\S+\)(, after numbers of up to \S+)?\. Training stopped after step \d+; nothing is lost\.$/,
  );
  expect(await notice()).toContain(`Training stopped after step ${step};`);
  const rows = remedies().locator('tbody tr');
  expect(await rows.count()).toBe(21);
  expect(await rows.first().innerText()).toMatch(new RegExp(`^${step + 1}\\s`));

  await visit.button('Learning rate 0.3').click();
  await visit.waitForPhase('done');
  expect(await visit.step()).toBe(300);
  expect(await remedies().count()).toBe(0);
  // Both are kept, the new one as what it is.
  const runs = visit.page.getByRole('region', { name: 'Runs' });
  await eventually(() => runs.innerText()).toContain('tiny stories, forked');
});

it('a run that diverged has its way back in a later tab as well', async () => {
  const step = await diverge(overshooting);
  await untilWayBackIsKept(visit.page);
  await visit.open();
  await visit.button('Open it').click();
  await visit.waitForPhase('paused');
  expect(await visit.step()).toBe(step);
  await visit.button('Resume').click(); // the same weights overflow again
  await visit.waitForPhase('stopped');
  expect(await visit.step()).toBe(step);
  await visit.button('Learning rate 0.3').click();
  await visit.waitForPhase('done');
  expect(await visit.step()).toBe(300);
});

it('a run that diverges goes on with a clip, or only goes back', async () => {
  const step = await diverge(climbing);
  await visit.button('Only go back').click();
  await visit.waitForPhase('paused');
  expect(await visit.step()).toBe(0);
  await visit.button('Undo').click();
  await eventually(() => visit.step()).toBe(step);
  await visit.button('Resume').click(); // the same step once more, of the same weights
  await visit.waitForPhase('stopped');
  expect(await visit.step()).toBe(step);
  await visit.open();
  await diverge(climbing);
  await visit.button('Clip at 1').click();
  await visit.waitForPhase('done');
  expect(await visit.page.locator('#setting-grad_clip').inputValue()).toBe('1');
});

it('steps that are skipped are counted, as they are when the run comes back', async () => {
  await diverge({ ...climbing, skip_nonfinite: true });
  const told = () => visit.page.getByText(/^\d+ steps were skipped/).innerText();
  const count = await told();
  expect(parseInt(count)).toBeGreaterThanOrEqual(20);
  const run = readFileSync((await visit.save()).path);
  await visit.open();
  await visit.drop('run.clearformer', run);
  await eventually(told).toBe(count);
});
