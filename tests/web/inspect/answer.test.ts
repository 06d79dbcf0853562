// Modules have memories of their own: each answers of the model and the text that are looked at now.
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { Answerer } from '../../../web/src/inspect/answer';
import type { InspectAnswer, InspectQuestion } from '../../../web/src/inspect/messages';
import { MLP } from '../../../web/src/inspect/messages';
import { modules, type Modules } from '../../../web/src/inspect/modules';
import { Folder } from '../../engine/cli/run';
import { small, text, trainRun } from '../../engine/cli/small';

const passage = text.slice(0, 13);

const folder = new Folder();
let run: Uint8Array;
beforeAll(() => void (run = readFileSync(trainRun(folder, 'run', { ...small, n_layer: 2 }))));
afterAll(() => folder.remove());

let loaded: string[];
let answerer: Answerer;
beforeEach(async () => {
  loaded = [];
  const load = Object.entries(modules).map(([name, module]) => [
    name,
    () => {
      loaded.push(name);
      return (module as () => Promise<unknown>)();
    },
  ]);
  answerer = new Answerer(Object.fromEntries(load) as Modules);
  await ask({ type: 'open', run }, 'model');
  await ask({ type: 'read', text: passage }, 'passage');
});

async function ask<T extends InspectAnswer['type']>(question: InspectQuestion, type: T) {
  const answer = await answerer.answer(question);
  expect(answer.type).toBe(type);
  return answer as Extract<InspectAnswer, { type: T }>;
}

const dissected = async () => (await ask({ type: 'dissect' }, 'dissected')).anatomy;
const zerosOfMlp = async () =>
  (await dissected()).find(({ name }) => name === 'h.0.mlp.c_proj')!.value.zeros;

it('each is loaded once, when it is first asked', async () => {
  expect(loaded).toEqual(['inspect']);
  await ask({ type: 'profile', seconds: 0.01 }, 'profiled');
  expect(loaded).toEqual(['inspect', 'bench']);
  await ask({ type: 'prove' }, 'proof');
  await ask({ type: 'sample' }, 'proof');
  await dissected();
  await ask({ type: 'dissect' }, 'dissected');
  expect(loaded).toEqual(['inspect', 'bench', 'proof', 'anatomy']);
});

it('a module that is loaded late, or asked again, knows what was switched off', async () => {
  const part = { layer: 0, head: MLP };
  await ask({ type: 'switch', part, on: false }, 'passage');
  expect(await zerosOfMlp()).toBe(1);
  await ask({ type: 'switch', part, on: true }, 'passage');
  expect(await zerosOfMlp()).toBeLessThan(1);
  // It stays so in another text, as it does in the module that is asked first.
  await ask({ type: 'switch', part, on: false }, 'passage');
  await ask({ type: 'read', text: text.slice(5, 15) }, 'passage');
  expect(await zerosOfMlp()).toBe(1);
});

it('and the passage, and the model', async () => {
  const longer = text.slice(0, 40);
  const embedding = async () => (await dissected())[0]!.value.mean;
  await ask({ type: 'read', text: longer }, 'passage');
  const there = await embedding();
  const { passage: moved } = await ask({ type: 'look', first: 9 }, 'passage');
  const { first, length } = moved;
  expect(first).toBe(9);
  const later = await embedding();
  expect(later).not.toBe(there);
  await ask({ type: 'open', run }, 'model');
  await ask({ type: 'read', text: longer.slice(first, first + length + 1) }, 'passage');
  expect(await embedding()).toBe(later);
  const { tokens } = await ask({ type: 'prove' }, 'proof');
  expect(tokens).toBe(Math.min(length, 16));
});

it('a text that is refused leaves every module with the one before', async () => {
  const before = await dissected();
  await ask({ type: 'read', text: 'Ω' }, 'refused');
  await ask({ type: 'open', run: new Uint8Array(3) }, 'refused');
  expect(await dissected()).toEqual(before);
});

it('the check is kept while its finite differences are asked for', async () => {
  const none = await ask({ type: 'slopes', tensor: 0, epsilon: 1e-4 }, 'slopes');
  expect(none.slopes.reference).toBe(0);
  await ask({ type: 'prove' }, 'proof');
  const { slopes } = await ask({ type: 'slopes', tensor: 0, epsilon: 1e-4 }, 'slopes');
  expect(slopes.inDouble).toBeCloseTo(slopes.reference, 6);
});

it('one that cannot be loaded leaves the others as they are, and is tried again', async () => {
  let online = false;
  const anatomy = () => (online ? modules.anatomy() : Promise.reject(new Error('no connection')));
  answerer = new Answerer({ ...modules, anatomy });
  await ask({ type: 'open', run }, 'model');
  await ask({ type: 'read', text: passage }, 'passage');
  const { error } = await ask({ type: 'dissect' }, 'refused');
  expect(error.code).toBe('load');
  expect(error.message).toContain('no connection');
  await ask({ type: 'attention' }, 'attention');
  online = true;
  expect((await dissected()).length).toBeGreaterThan(0);
});
