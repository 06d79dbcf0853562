// What `npm run compare` compares. A recipe names what differs from the defaults, which are nanoGPT's
// for a processor: 4 layers, 128 numbers a token, 64 tokens of context, batches of 12, 2,000 steps.

const kSteps = 2000;
const kBpe = 512;
// Characters of Tiny Shakespeare.
const kCharacters = 65;

// Multiply-adds of one step, as engine/train/cost.h counts them, of the default architecture.
function stepCost(vocab) {
  const [layers, width, context, batch] = [4, 128, 64, 12];
  const tokens = batch * context;
  const matrices = layers * 12 * width ** 2 + vocab * width;
  return 3 * tokens * (matrices + layers * (context + 1) * width);
}
// A larger vocabulary makes a step dearer: it gets fewer of them.
const kBpeSteps = Math.floor((kSteps * stepCost(kCharacters)) / stepCost(kBpe));

const llama = { preset: 'llama' };
// Each with the rate that AdamW's recipe has: Muon's updates are scaled so that it carries over.
const lr = { lr: 0.001, min_lr: 0.0001 };

export const contests = {
  tokens: {
    title: 'Characters against byte pairs, with the same number of multiply-adds',
    contestants: [
      { name: 'characters', recipe: { tokenizer: 'char', steps: kSteps } },
      {
        name: `${kBpe} tokens, byte-pair encoding`,
        recipe: { tokenizer: `bpe:${kBpe}`, steps: kBpeSteps },
      },
    ],
  },
  architectures: {
    title: 'GPT-2’s architecture against Llama’s, with the same number of steps',
    contestants: [
      { name: '`--preset gpt2`', recipe: { preset: 'gpt2' } },
      { name: '`--preset llama --tied-head true`', recipe: { ...llama, tied_head: true } },
      { name: '`--preset llama`', recipe: llama },
    ],
  },
  optimizers: {
    title: 'AdamW against Muon, with the same rate and number of steps',
    contestants: [
      { name: 'AdamW', recipe: { optimizer: 'adamw', ...lr } },
      { name: 'Muon', recipe: { optimizer: 'muon', ...lr } },
    ],
  },
};
