// What links of every kind say.
import { firstOptions } from '../../../web/src/recipe/sample-options';
import { firstPreset, presets } from '../../../web/src/recipe/presets';
import { defaultRecipe } from '../../../web/src/recipe/schema';
import { noText, type Shared } from '../../../web/src/share/shared';

export const bare: Shared = {
  recipe: defaultRecipe,
  text: noText,
  run: null,
  writing: null,
  model: null,
};

const corpus = {
  ...noText,
  corpus: { key: 'tiny-stories', seed: 1 },
  sha256: 'WbuHmYFCVYlp6dvJXGmQ6bxs4yOeNkkScNLMGvIxRyU',
  bytes: 300_021,
};

export const examples: Readonly<Record<string, Shared>> = {
  nothing: bare,
  'a run over a sample text': {
    ...bare,
    recipe: firstPreset.recipe,
    text: corpus,
    run: { arithmetic: 'strict', step: 1500, fingerprint: '0123456789abcdef' },
  },
  'a recipe with every setting of another type changed': {
    ...bare,
    recipe: { ...presets[0]!.recipe, tokenizer: 'byte', bias: true, lr: 3e-4, dropout: 0.125 },
  },
  'another architecture': {
    ...bare,
    recipe: {
      ...defaultRecipe,
      ...{ norm: 'rmsnorm', activation: 'swiglu', position: 'rotary' },
      ...{ n_kv_head: 2, qk_norm: true, tied_head: false },
    },
  },
  'a text of the user’s, by name': {
    ...bare,
    text: {
      ...noText,
      name: 'Märchen & mehr: “eins” #2.txt',
      bytes: 12_345,
      sha256: '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU',
    },
    run: { arithmetic: 'fused', step: 7, fingerprint: 'fedcba9876543210' },
  },
  'a text that travels, with a prompt': {
    ...bare,
    text: { ...noText, name: 'foxes.txt', content: 'The fox sat by the well.\n'.repeat(40) },
    writing: {
      prompt: 'The <b>fox</b>\n&amp; "well" 100%',
      options: { ...firstOptions, temperature: '0', max_tokens: '40' },
      stop: '',
    },
  },
  'a model that writes': {
    ...bare,
    text: corpus,
    writing: { prompt: '', options: firstOptions, stop: '\n' },
    model: Uint8Array.from({ length: 5000 }, (_, i) => (i * i) % 251),
  },
};
