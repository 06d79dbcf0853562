// A step whose numbers overflow: what train says, what it saves, and how it ends.
import { afterAll, describe, expect, it } from 'vitest';
import { flags, Folder, run, succeed, type Event } from './run';
import { aNumber, small, text } from './small';

const folder = new Folder();
afterAll(() => folder.remove());

const textFile = folder.write('text.txt', text);
const out = folder.at('run.safetensors');
const DIVERGED = 3;

// Each update takes a hundred times the weights away from them.
const wild = { ...small, steps: 1000, warmup_steps: 0, lr: 10, weight_decay: 10, grad_clip: 0 };
const train = (...more: string[]) =>
  run('train', '--text', textFile, '--out', out, ...flags(wild), ...more);
const stepsOf = (events: Event[]) => events.filter(({ event }) => event === 'step');
const info = () => succeed('info', '--model', out, '--json').events[0]!;

describe('a run that diverges', () => {
  it('ends with an event that names the tensor, and with a line that says what to do', () => {
    const { status, stderr, events } = train('--json');
    const last = stepsOf(events).at(-1)!.step as number;
    expect(status).toBe(DIVERGED);
    const event = events.at(-1)!;
    const { what, tensor, layer, magnitude, steps } = event;
    expect(event).toMatchObject({ event: 'diverged', step: last + 1, lr: aNumber });
    expect(['loss', 'gradient', 'weight']).toContain(what);
    expect(layer).toBe(Number(/^h\.(\d)\./.exec(tensor as string)![1]));
    expect(magnitude).toBeGreaterThan(0);
    expect(steps).toHaveLength(Math.min(last, 20));
    expect((steps as Event[]).at(-1)).toMatchObject({ step: last, loss: aNumber });
    expect(stderr).toMatch(
      /^clearformer: (The loss|The gradient|A weight) became infinite at step [^\n]+\.\n$/,
    );
    expect(stderr).toContain(`at step ${last + 1}, first in ${tensor as string}`);
    expect(stderr).toContain(`as it was after step ${last}; nothing is lost.`);
    expect(stderr).toContain('--lr 3,');
  });

  it('is saved as it was before, and stops in the same step where it goes on', () => {
    const { events } = train('--json');
    const last = stepsOf(events).at(-1)!.step as number;
    expect(info()).toMatchObject({ step: last, steps: 1000, skipped: 0 });
    // These weights overflow at any rate: what is saved is whole, and stops in the same step.
    const again = run('train', '--resume', out, '--out', folder.at('again'), '--json');
    expect(again.status).toBe(DIVERGED);
    expect(again.events.at(-1)).toEqual(events.at(-1));
  });

  it('shows people the steps that led there', () => {
    const { status, stdout, stderr } = train();
    expect(status).toBe(DIVERGED);
    expect(stdout).toMatch(/step 1 {2}loss \d\.\d{3}e[+-]\d\d {2}lr 1\.00e\+01 {2}norm /);
    expect(stderr.split('\n')).toHaveLength(2);
  });

  it('skips such steps where it is to, counts them, and still comes to an end', () => {
    const { status, events } = train('--skip-nonfinite', 'true', '--json');
    const skipped = events.filter(({ event }) => event === 'skipped');
    expect(skipped.map((event) => event.skipped)).toEqual(skipped.map((_, i) => i + 1));
    // The weights do not move any more, so that nothing but the batch could help.
    expect(status).toBe(DIVERGED);
    expect(skipped.length).toBeGreaterThanOrEqual(20);
    expect(info().skipped).toBe(skipped.length);
  });
});

it('a clip can be changed on the way, and the file says which held until when', () => {
  const [half, whole] = [folder.at('half'), folder.at('whole')];
  succeed('train', '--text', textFile, '--out', half, ...flags(small), '--stop-at', '5');
  succeed('train', '--resume', half, '--out', whole, '--grad-clip', '0.1');
  const { events } = succeed('info', '--model', whole, '--json');
  expect(events[0]).toMatchObject({
    recipe: { grad_clip: 0.1 },
    past_schedules: [{ until: 5, grad_clip: 1 }],
  });
});

it('a run that skips nothing says nothing of it', () => {
  const args = ['--text', textFile, '--out', out, '--skip-nonfinite', 'true', '--json'];
  const { events } = succeed('train', ...args, ...flags(small));
  expect(events.at(-1)).not.toHaveProperty('skipped');
  expect(events.filter(({ event }) => event === 'skipped')).toEqual([]);
});
