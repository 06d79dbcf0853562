// What sharing asks of the worker: a fingerprint on the way, and a model without a run.
import { beforeEach, expect, it } from 'vitest';
import type { EngineSession } from '../../../web/src/engine/types';
import type { ToPage } from '../../../web/src/protocol/to-page';
import { defaultRecipe } from '../../../web/src/recipe/schema';
import { Host } from '../../../web/src/worker/host';
import { makeEngineDouble } from '../doubles/engine';
import { makeStoreDouble } from '../doubles/store';

const text = new TextEncoder().encode('Once there was a fox. '.repeat(200));
const recipe = { ...defaultRecipe, steps: 6, eval_every: 3 };
const options = { temperature: 1, top_k: 0, top_p: 1, seed: 1, max_tokens: 5, alternatives: 0 };

let posted: ToPage[];
let host: Host;

const ofType = <T extends ToPage['type']>(type: T) =>
  posted.filter((message): message is Extract<ToPage, { type: T }> => message.type === type);
const runOut = () => {
  while (host.work());
};
const start = (arithmetic: 'strict' | 'fused' | null = null) =>
  host.receive({ type: 'start', requestId: 2, runId: 7, recipe, bytes: text, arithmetic });
const generate = () =>
  host.receive({ type: 'generate', requestId: 3, prompt: 'Once', written: '', stop: '', options });

async function packedModel(): Promise<Uint8Array<ArrayBuffer>> {
  await start();
  await host.receive({ type: 'step', runId: 7 });
  await host.receive({ type: 'pack', requestId: 4 });
  return ofType('packed')[0]!.bytes;
}

beforeEach(async () => {
  posted = [];
  let now = 0;
  host = new Host({
    load: () => Promise.resolve(makeEngineDouble()),
    post: (message) => posted.push(message),
    wake: () => undefined,
    clock: () => (now += 1000),
    store: makeStoreDouble(),
  });
  await host.receive({ type: 'open', requestId: 1, build: { name: 'simd-single', threads: 1 } });
});

it('a marked step tells its fingerprint once, though the run goes on', async () => {
  await start();
  await host.receive({ type: 'mark', runId: 7, step: 4 });
  await host.receive({ type: 'train', runId: 7 });
  runOut();
  const [marked, ...more] = ofType('marked');
  expect(marked).toMatchObject({ runId: 7, step: 4 });
  expect(more).toEqual([]);
  const [done] = ofType('phase').filter(({ phase }) => phase === 'done');
  expect(done).toMatchObject({ step: 6 });
  expect(done).not.toMatchObject({ fingerprint: marked?.fingerprint });
});

it('a step that is there already tells it at once, one that is past never', async () => {
  await start();
  await host.receive({ type: 'step', runId: 7 });
  await host.receive({ type: 'mark', runId: 7, step: 1 });
  expect(ofType('marked')).toHaveLength(1);
  await host.receive({ type: 'step', runId: 7 });
  await host.receive({ type: 'mark', runId: 7, step: 1 });
  expect(ofType('marked')).toHaveLength(1);
});

it('a run is identified where it stands; none is refused', async () => {
  await host.receive({ type: 'identify', requestId: 9 });
  expect(ofType('refused')).toHaveLength(1);
  await start();
  await host.receive({ type: 'step', runId: 7 });
  await host.receive({ type: 'identify', requestId: 10 });
  const [rest] = ofType('phase').filter(({ phase }) => phase === 'paused');
  expect(ofType('identified')).toEqual([
    {
      type: 'identified',
      requestId: 10,
      step: 1,
      fingerprint: (rest as { fingerprint: string }).fingerprint,
    },
  ]);
});

it('a model takes the run’s place and writes; commands of the run before are not heard', async () => {
  const bytes = await packedModel();
  await host.receive({ type: 'open-model', requestId: 5, runId: 8, bytes });
  expect(ofType('model-opened')[0]?.model.step).toBe(1);
  posted = [];
  await host.receive({ type: 'step', runId: 7 });
  await host.receive({ type: 'train', runId: 8 });
  expect(posted).toEqual([]);
  await generate();
  runOut();
  expect(ofType('writing-began')[0]).toMatchObject({ runId: 8, step: 1, asked: true });
  expect(ofType('writing-ended')[0]).toMatchObject({ runId: 8, error: null });
  await host.receive({ type: 'save', requestId: 6 });
  expect(ofType('refused')).toHaveLength(1);
});

it('a model that is none leaves the run as it is', async () => {
  await start();
  await host.receive({ type: 'open-model', requestId: 5, runId: 8, bytes: new Uint8Array(30) });
  expect(ofType('refused')[0]?.error.code).toBe('file');
  await host.receive({ type: 'step', runId: 7 });
  expect(ofType('phase').at(-1)).toMatchObject({ runId: 7, step: 1 });
});

it('a text that is being written with a model can be stopped', async () => {
  const bytes = await packedModel();
  await host.receive({ type: 'open-model', requestId: 5, runId: 8, bytes });
  await generate();
  await host.receive({ type: 'stop-writing' });
  expect(ofType('writing-ended')).toHaveLength(1);
  expect(host.work()).toBe(false);
});

it.each([
  ['strict', true, 'strict'],
  ['fused', true, 'fused'],
  ['fused', false, 'strict'],
  [null, true, 'fused'],
  [null, false, 'strict'],
] as const)('arithmetic wished %s, fused there: %s, is %s', async (wish, canFuse, used) => {
  const engine = makeEngineDouble();
  const classes: string[] = [];
  class Session extends engine.Session {
    override start = (...[, , arithmetic]: Parameters<EngineSession['start']>) => {
      classes.push(arithmetic);
      return { code: 'usage', where: '', message: 'Not here.' };
    };
  }
  const load = () => Promise.resolve({ ...engine, Session, canFuse: () => canFuse });
  const { post, wake, clock } = {
    post: (message: ToPage) => posted.push(message),
    wake: () => undefined,
    clock: () => 0,
  };
  const store = makeStoreDouble();
  host = new Host({ load, post, wake, clock, store });
  await host.receive({ type: 'open', requestId: 1, build: { name: 'simd-single', threads: 1 } });
  await start(wish);
  expect(classes).toEqual([used]);
});
