// health: the run's next step, told without taking it, and a rate for it.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readFileSync } from 'node:fs';
import { Folder, run as cli, succeed } from './run';
import { small, text, trainRun } from './small';

const folder = new Folder();
let run: string;
beforeAll(() => void (run = trainRun(folder, 'run', small)));
afterAll(() => folder.remove());

describe('health', () => {
  it('is that of the step that the run would go on with, and the file stays', () => {
    const before = readFileSync(run);
    const { events } = succeed('health', '--model', run, '--json');
    const done = events.at(-1)!;
    expect(readFileSync(run).equals(before)).toBe(true);
    const on = succeed(
      ...['train', '--resume', run, '--steps', '13', '--json', '--out', folder.at('on')],
    );
    const step = on.events.find(({ event }) => event === 'step')!;
    expect(done).toMatchObject({ event: 'done', step: 12, problem: '' });
    for (const name of ['loss', 'lr', 'grad_norm']) expect(done[name]).toBe(step[name]);

    const of = (event: string) => events.filter((each) => each.event === event);
    expect(of('head')).toHaveLength(small.n_layer * small.n_head);
    expect(of('mlp').map(({ units }) => units)).toEqual([64, 64]);
    const squares = of('tensor').reduce((sum, { gradient }) => sum + (gradient as number) ** 2, 0);
    expect(Math.sqrt(squares)).toBeCloseTo(done.grad_norm as number, 5);
    for (const { name, update, weight, ratio } of of('tensor') as unknown as {
      name: string;
      update: number;
      weight: number;
      ratio: number;
    }[])
      expect(ratio, name).toBe(update / weight);
  });

  it('is told to people by its tensors', () => {
    const { stdout } = cli('health', '--model', run);
    expect(stdout).toMatch(
      /^ +weights +gradient +update +update\/weights\n(?: {2}\S+){4} {2}wte\.weight\n/,
    );
    expect(stdout).toMatch(/hidden units are dead\nAt step 12 the loss is /);
  });

  it('finds a rate: a tenth of where the smoothed loss is lowest before it rises', () => {
    const { events } = succeed('health', '--model', run, '--find-lr', '--json');
    const points = events.filter(({ event }) => event === 'point');
    const { suggested, done, steps, lowest } = events.at(-1)!;
    expect([done, steps]).toEqual([true, 100]);
    const smoothed = points.map((point) => point.smoothed as number);
    const until = smoothed.slice(0, (lowest as number) + 1);
    expect(Math.min(...until)).toBe(until.at(-1));
    const lr = points[lowest as number]!.lr as number;
    expect(suggested).toBe(Number((lr / 10).toPrecision(2)));
  });

  it('of a model without a text learns one that is named', () => {
    const alone = folder.at('alone');
    succeed('import', '--from', run, '--out', alone);
    const refused = cli('health', '--model', alone);
    expect([refused.status, refused.stderr]).toEqual([
      2,
      'clearformer: This model came without a text; give it one to learn from.\n',
    ]);
    const { events } = succeed(
      ...['health', '--model', alone, '--text', folder.write('text', text), '--json'],
    );
    expect(events.at(-1)).toMatchObject({ step: 0, problem: '' });
  });
});
