// A step whose numbers overflow, through the real bindings: the same tensor in the same step as
// natively, and a run that is as it was before.
import { afterAll, expect, it } from 'vitest';
import { loadEngine } from '../../../web/src/engine/load';
import { defaultRecipe } from '../../../web/src/recipe/schema';
import { divergenceOf } from '../../../web/src/worker/divergence';
import { flags, Folder, run } from '../../engine/cli/run';
import { small, text } from '../../engine/cli/small';

const folder = new Folder();
afterAll(() => folder.remove());

const wild = { ...small, steps: 1000, warmup_steps: 0, lr: 10, weight_decay: 10, grad_clip: 0 };
const bytes = new TextEncoder().encode(text);

function natively() {
  const files = ['--text', folder.write('text.txt', text), '--out', folder.at('run')];
  return run('train', ...files, ...flags(wild), '--json').events.at(-1)!;
}

it.each([
  { name: 'simd-single', threads: 1 },
  { name: 'simd-threads', threads: 3 },
] as const)('stops in the same step and tensor as natively: $name', async (build) => {
  const engine = await loadEngine(build);
  const session = new engine.Session(build.threads);
  const recipe = { ...defaultRecipe, ...wild };
  expect(session.start(JSON.stringify(recipe), bytes, 'strict').code).toBe('');
  let [before, report] = [session.save().bytes, session.step()];
  while (!report.error.code) [before, report] = [session.save().bytes, session.step()];
  expect(Buffer.from(session.save().bytes).equals(Buffer.from(before))).toBe(true);

  const native = natively();
  const told = divergenceOf(report, session, [])!;
  expect(told).toMatchObject({ what: native.what, tensor: native.tensor });
  expect(told.magnitude).toBe(native.magnitude);
  expect(told.failed.step).toBe(native.step);
  expect(told.before.map(({ step, loss }) => [step, loss])).toEqual(
    (native.steps as { step: number; loss: number }[]).map(({ step, loss }) => [step, loss]),
  );
  // Lower than the weights can bear, the same step is met again.
  expect(session.changeSchedule(1000, 0.1, 0.1, 1).code).toBe('');
  expect(session.step().error.where).toBe(told.tensor);
  session.delete();
});
