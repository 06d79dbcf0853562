// Random recipes, out of the engine's own table of settings: a setting that comes to it is tried here
// without a word. Small enough for thousands, and as odd as can be.
import fc from 'fast-check';
import { corpora, corpusOf, makeText } from '../../web/src/corpora/corpora';
import type { Arithmetic } from '../../web/src/engine/types';
import type { Recipe, SettingValue } from '../../web/src/recipe/recipe';
import { defaultRecipe, settings, type Setting } from '../../web/src/recipe/schema';

/** What is tried: plain data, so that a command can name it. */
export interface Case {
  readonly recipe: Recipe;
  readonly text: { readonly corpus: string; readonly seed: number; readonly characters: number };
  readonly arithmetic: Arithmetic;
  readonly threads: number;
  /** The step at which the run that rests does. */
  readonly cut: number;
}

/** The text of a case, with characters of two to four bytes. */
export function textOf({ text: { corpus, seed, characters } }: Case): string {
  const made = makeText({ corpus: corpusOf(corpus)!, seed }, characters);
  return `${made.slice(0, characters)}Füchse, 狐, 🦊.\n`;
}

const kChoicesAtMost = 8; // of a whole number that nothing is said of below

// What a table's ranges cannot say: which values are small.
const narrowed: Readonly<Record<string, fc.Arbitrary<SettingValue>>> = {
  n_layer: fc.integer({ min: 1, max: 3 }),
  block_size: fc.integer({ min: 1, max: 24 }),
  batch_size: fc.integer({ min: 1, max: 4 }),
  grad_accum_steps: fc.integer({ min: 1, max: 3 }),
  steps: fc.integer({ min: 2, max: 8 }),
  eval_batches: fc.integer({ min: 1, max: 2 }),
  // One in nine is as high as the table allows: such a run may stop, and must do so everywhere.
  lr: fc.oneof(
    { weight: 8, arbitrary: between(0, 0.05) },
    { weight: 1, arbitrary: between(0, 10) },
  ),
  weight_decay: between(0, 1),
  grad_clip: fc.oneof(fc.constant(0), between(0.01, 3)),
  seed: fc.integer({ min: 0, max: 2147483647 }),
  val_fraction: fc.oneof(fc.constant(0), between(0.05, 0.5)),
  lora_rank: fc.oneof({ weight: 4, arbitrary: fc.constant(0) }, fc.integer({ min: 1, max: 6 })),
  lora_alpha: between(0.01, 32),
};

// Written short, so that a command that repeats a case is: the last digits are drawn too, at times.
function between(min: number, max: number): fc.Arbitrary<number> {
  const rounded = fc.integer({ min: 0, max: 1000 }).map((n) => min + ((max - min) * n) / 1000);
  const exact = fc.double({ min, max, noNaN: true });
  return fc.oneof({ withCrossShrink: true }, rounded, exact).map((value) => value + 0);
}

function anyValue({ type, min = 0, max = 0, ...of }: Setting): fc.Arbitrary<SettingValue> {
  if (type === 'boolean') return fc.boolean();
  if (type === 'integer') return fc.integer({ min, max: Math.min(max, min + kChoicesAtMost) });
  if (type === 'number')
    return between(min, max).filter((value) => !(of.exclusive_max && value >= max));
  const sizes = fc.integer({ min, max: Math.min(max, min + 150) });
  const sized = of.sized ? [sizes.map((size) => `${of.sized}${size}`)] : [];
  return fc.oneof(fc.constantFrom(...of.choices!), ...sized);
}

const anyRecipe = fc.record<Recipe>(
  Object.fromEntries(settings.map((each) => [each.name, narrowed[each.name] ?? anyValue(each)])),
);

// Numbers that must fit one another are made to.
const anyHeads = fc.record({
  keyHeads: fc.integer({ min: 1, max: 3 }),
  queriesEach: fc.integer({ min: 1, max: 3 }),
  size: fc.integer({ min: 1, max: 12 }),
  ownKeys: fc.boolean(),
  endShare: between(0, 1),
});

export const anyCase: fc.Arbitrary<Case> = fc
  .record({
    drawn: anyRecipe,
    heads: anyHeads,
    text: fc.record({
      corpus: fc.constantFrom(...corpora.map(({ key }) => key)),
      seed: fc.integer({ min: 1, max: 9999 }),
      characters: fc.integer({ min: 400, max: 4000 }),
    }),
    arithmetic: fc.constantFrom<Arithmetic>('strict', 'fused'),
    threads: fc.integer({ min: 2, max: 4 }),
    restsAfter: between(0, 1),
  })
  .map(({ drawn, heads, restsAfter, ...rest }) => {
    const n_head = heads.keyHeads * heads.queriesEach;
    const even = drawn.position === 'rotary' ? 2 : 1;
    const n_embd = n_head * Math.ceil(heads.size / even) * even;
    const fitting = {
      n_head,
      n_embd,
      n_kv_head: heads.ownKeys ? 0 : heads.keyHeads,
      min_lr: Number(drawn.lr) * heads.endShare,
      lora_rank: Math.min(Number(drawn.lora_rank), n_embd),
    };
    const recipe = withoutDefaults({ ...drawn, ...fitting });
    const cut = 1 + Math.floor(restsAfter * (Number(drawn.steps) - 2));
    return { recipe, ...rest, cut };
  });

// Shorter to read, and what older runs are: settings at their defaults are left out.
function withoutDefaults(recipe: Recipe): Recipe {
  return Object.fromEntries(
    Object.entries(recipe).filter(([name, value]) => value !== defaultRecipe[name]),
  );
}
