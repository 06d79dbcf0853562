// LoRA has the same bits in every build: a model that the exchange takes in with a rank, trained through
// the real bindings in Node, and by the native command line.
import { readFileSync } from 'node:fs';
import { afterAll, expect, it } from 'vitest';
import type { Build } from '../../../web/src/engine/choose-build';
import create from '../../../web/src/engine/generated/exchange/exchange.mjs';
import { loadEngine } from '../../../web/src/engine/load';
import { answer } from '../../../web/src/exchange/answer';
import { defaultRecipe } from '../../../web/src/recipe/schema';
import { flags, Folder, succeed } from '../../engine/cli/run';
import { small, text, trainRun } from '../../engine/cli/small';

const folder = new Folder();
afterAll(() => folder.remove());

const llama = { norm: 'rmsnorm', activation: 'swiglu', position: 'rotary', tied_head: false };
const shapes = {
  'gpt2, biases': { bias: true, n_head: 3, n_embd: 33 },
  llama: { ...llama, n_head: 4, n_kv_head: 2, n_embd: 40, dropout: 0.1 },
};
const lora = { rank: 5, alpha: 7 };
const other = [...text].reverse().join('');

const builds: Build[] = [
  { name: 'simd-single', threads: 1 },
  { name: 'simd-threads', threads: 3 },
  { name: 'relaxed-single', threads: 1 },
  { name: 'relaxed-threads', threads: 2 },
];

// As a page takes a model in: a run of ours is one as well.
async function imported(base: string, rank = lora.rank) {
  const files = [{ name: 'a.safetensors', bytes: new Uint8Array(readFileSync(base)) }];
  const bytes = new TextEncoder().encode(other);
  const question = { type: 'import', files, text: bytes, lora: { ...lora, rank } } as const;
  return answer(await create(), question);
}

async function trained(build: Build, run: Uint8Array, until: number) {
  const engine = await loadEngine(build);
  const session = new engine.Session(build.threads);
  try {
    expect(session.load(run).message).toBe('');
    while (session.info().step < until) {
      if (session.evaluationDue()) {
        session.beginEvaluation();
        while (!session.continueEvaluation().done);
      }
      expect(session.step().error.message).toBe('');
    }
    return { fingerprint: session.fingerprint(), file: session.save().bytes };
  } finally {
    session.delete();
  }
}

it.each(Object.entries(shapes))('%s', async (name, shape) => {
  const base = trainRun(folder, name, { ...small, ...shape });
  const adapted = folder.at(`${name}-adapted`);
  const settings = flags({ lora_rank: lora.rank, lora_alpha: lora.alpha });
  succeed('import', '--from', base, '--out', adapted, ...settings);
  const files = ['--text', folder.write('other.txt', other), '--out', adapted];
  const { events } = succeed('train', '--resume', adapted, ...files, '--json');
  const { fingerprint } = events.at(-1)!;

  const begun = await imported(base);
  if (begun.type !== 'imported') throw new Error(JSON.stringify(begun));
  for (const build of builds) {
    const { file } = await trained(build, begun.run, 5);
    // Goes on elsewhere, from its file.
    for (const next of builds) {
      expect((await trained(next, file, small.steps)).fingerprint, next.name).toBe(fingerprint);
    }
  }
});

it('is refused without a model, and with a rank above its width', async () => {
  const engine = await loadEngine(builds[0]!);
  const session = new engine.Session(1);
  const bytes = new TextEncoder().encode(text);
  const recipe = JSON.stringify({ ...defaultRecipe, ...small, lora_rank: 4 });
  expect(session.start(recipe, bytes, 'strict')).toMatchObject({
    code: 'setting',
    where: 'lora_rank',
    message: expect.stringContaining('there is no model to adapt') as string,
  });
  session.delete();
  expect(await imported(trainRun(folder, 'narrow', small), 17)).toMatchObject({
    type: 'refused',
    error: { where: 'lora_rank', message: 'lora_rank is 17, above n_embd 16; use 16 or less.' },
  });
});
