// A run that was stopped, at a step, by Ctrl-C or by a crash, goes on to the same bits.
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { flags, Folder, start, succeed, type Event } from './run';
import { small, text } from './small';

const folder = new Folder();
afterAll(() => folder.remove());

const textFile = folder.write('text.txt', text);
const at = (name: string) => folder.at(name);

// With all that has a state or a draw of its own.
const recipe = { ...small, bias: true, dropout: 0.1, grad_accum_steps: 2 };

const train = (out: string, settings: Record<string, number | boolean>, ...args: string[]) =>
  succeed('train', '--text', textFile, '--out', out, ...flags(settings), ...args, '--json').events;
const resume = (run: string, out: string, ...args: string[]) =>
  succeed('train', '--resume', run, '--out', out, ...args, '--json').events;
const info = (run: string) => succeed('info', '--model', run, '--json').events[0]!;

const withoutSpeed = (event: Event): Event => ({ ...event, tokens_per_second: undefined });

describe('a run that is stopped and resumed', () => {
  let straight: Event[];
  beforeAll(() => {
    straight = train(at('straight'), recipe);
  });

  // 5 is a step with an evaluation, 7 is one without.
  it.each([
    [1, '1'],
    [5, '1'],
    [5, '3'],
    [7, '1'],
    [7, '2'],
    [11, '3'],
    [12, '1'],
  ])('after step %i, then with %s threads, has the bits of one that was not', (k, threads) => {
    const before = train(at('part'), recipe, '--stop-at', `${k}`);
    expect(before.at(-1)).toMatchObject({ event: 'done', step: k });
    expect(info(at('part'))).toMatchObject({ step: k, steps: recipe.steps });
    const after = resume(at('part'), at('rest'), '--threads', threads);
    expect(after.at(-1)).toEqual(straight.at(-1));
    expect(readFileSync(at('rest')).equals(readFileSync(at('straight')))).toBe(true);
    expect([...before.slice(0, -1), ...after].map(withoutSpeed)).toEqual(
      straight.map(withoutSpeed),
    );
  });

  it('several times, into its own file, has them too', () => {
    train(at('own'), recipe, '--stop-at', '3');
    for (const k of ['4', '9']) resume(at('own'), at('own'), '--stop-at', k);
    resume(at('own'), at('own'), '--text', textFile);
    expect(readFileSync(at('own')).equals(readFileSync(at('straight')))).toBe(true);
  });
});

it('a finished run goes on where --steps lengthens it', () => {
  const { fingerprint } = train(at('short'), recipe).at(-1)!;
  const events = resume(at('short'), at('long'), '--steps', '20');
  expect(events.filter((e) => e.event === 'step').map((e) => e.step)).toEqual([
    13, 14, 15, 16, 17, 18, 19, 20,
  ]);
  expect(events.at(-1)).toMatchObject({ event: 'done', step: 20 });
  expect(events.at(-1)!.fingerprint).not.toBe(fingerprint);
  const { recipe: kept, ...rest } = info(at('long'));
  expect(rest).toMatchObject({ step: 20, steps: 20, fingerprint: events.at(-1)!.fingerprint });
  expect(kept).toEqual({ ...(info(at('short')).recipe as object), steps: 20 });
});

it('a run goes on at another rate, and its file says which held until when', () => {
  const slow = ['--lr', '0.0005', '--min-lr', '0.0002'];
  train(at('fast'), recipe, '--stop-at', '5');
  const straight = resume(at('fast'), at('changed'), ...slow);
  expect(straight.at(-1)).toMatchObject({ event: 'done', step: recipe.steps });
  const { steps, lr, min_lr, grad_clip } = info(at('fast')).recipe as Record<string, number>;
  expect(info(at('changed'))).toMatchObject({
    recipe: { lr: 0.0005, min_lr: 0.0002 },
    past_schedules: [{ until: 5, steps, lr, min_lr, grad_clip }],
  });
  expect(info(at('fast')).past_schedules).toEqual([]);

  // The same once more, stopped on the way; then at the old rate, which is another run.
  resume(at('fast'), at('part'), ...slow, '--stop-at', '8');
  expect(resume(at('part'), at('rest')).at(-1)).toEqual(straight.at(-1));
  expect(readFileSync(at('rest')).equals(readFileSync(at('changed')))).toBe(true);
  expect(resume(at('fast'), at('old')).at(-1)!.fingerprint).not.toBe(straight.at(-1)!.fingerprint);
});

it('a finished run that is resumed as it is stays as it is', () => {
  train(at('finished'), recipe);
  expect(resume(at('finished'), at('again')).map((e) => e.event)).toEqual(['done']);
  expect(readFileSync(at('again')).equals(readFileSync(at('finished')))).toBe(true);
});

describe('a run that is ended from outside', () => {
  // Long enough not to be done before the signal comes.
  const long = { ...small, steps: 3000, eval_every: 100 };
  let straight: Event;
  beforeAll(() => {
    straight = train(at('straight-long'), long).at(-1)!;
  });

  async function trainUntil(step: number, signal: NodeJS.Signals) {
    const out = at(signal);
    const args = ['--text', textFile, '--out', out, ...flags(long), '--json'];
    const child = start('train', ...args);
    const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
    const events: Event[] = [];
    for await (const line of createInterface(child.stdout!)) {
      const event = JSON.parse(line) as Event;
      if (event.event === 'step' && event.step === step) child.kill(signal);
      events.push(event);
    }
    const [status, by] = await ended;
    return { status, by, out, events };
  }

  it('by Ctrl-C saves itself after the step under way, and goes on to the same bits', async () => {
    const { status, by, out, events } = await trainUntil(130, 'SIGINT');
    expect({ status, by }).toEqual({ status: 0, by: null });
    const done = events.at(-1)!;
    expect(done.event).toBe('done');
    expect(done.step).toBeGreaterThanOrEqual(130);
    expect(done.step).toBeLessThan(long.steps);
    expect(info(out)).toMatchObject({ step: done.step, fingerprint: done.fingerprint });
    expect(resume(out, out).at(-1)).toEqual(straight);
    expect(readFileSync(out).equals(readFileSync(at('straight-long')))).toBe(true);
  });

  it('by a crash has the state of an evaluation in its file, and goes on to the same bits', async () => {
    const { by, out } = await trainUntil(130, 'SIGKILL');
    expect(by).toBe('SIGKILL');
    const { step } = info(out);
    expect(step).toBeGreaterThanOrEqual(100);
    expect((step as number) % long.eval_every).toBe(0);
    expect(resume(out, out).at(-1)).toEqual(straight);
  });
});
