import { beforeEach, describe, expect, it } from 'vitest';
import { signal, type Signal } from '@preact/signals';
import type { RecipeState } from '../../../web/src/state/recipe-state';
import type { Text, TextState } from '../../../web/src/state/text-state';
import { TextViewState, WINDOW } from '../../../web/src/state/text-view-state';
import { analyse, type Split } from '../../../web/src/text/analysis';
import { piecesOf } from '../../../web/src/text/pairs';
import { until } from '../doubles/until';

const textOf = (words: string): Text => ({
  name: 'a text',
  corpus: null,
  bytes: new TextEncoder().encode(words),
});

let text: Signal<Text | null>;
let entries: Signal<Record<string, string>>;
let recipe: Signal<Record<string, number>>;
let asked: Split[];
let tokenised: string[];
let stopped: number;
let view: TextViewState;

beforeEach(() => {
  text = signal<Text | null>(textOf('aé狐'.repeat(2000)));
  entries = signal({ tokenizer: 'char' });
  recipe = signal({ val_fraction: 0.1 });
  asked = [];
  tokenised = [];
  stopped = 0;
  view = new TextViewState(
    { text } as unknown as TextState,
    { entries, recipe } as unknown as RecipeState,
    (bytes, split, stop) => {
      asked.push(split);
      stop.addEventListener('abort', () => stopped++);
      return bytes.length === 1
        ? Promise.reject(new Error('no memory'))
        : Promise.resolve(analyse(bytes, split));
    },
    // All of a pair: "aé", then the rest byte by byte.
    (bytes, tokenizer) => {
      tokenised.push(tokenizer);
      const pieces = piecesOf('195 169,97 256');
      const ids = [...new TextDecoder().decode(bytes).matchAll(/aé|./gu)].flatMap(([piece]) =>
        piece === 'aé' ? [257] : [...new TextEncoder().encode(piece)],
      );
      return Promise.resolve({ ids: Uint32Array.from(ids), pieces });
    },
  );
});

const opened = () => {
  view.open.value = true;
  return until(() => view.analysis.value !== null);
};
const signs = () => view.shown.value.map(({ shown }) => shown).join('');

describe('the view of a text', () => {
  it('looks at no text before it is opened', () => {
    expect(asked).toEqual([]);
    expect(view.shown.value).toEqual([]);
  });

  it('shows a window of a text of any length', async () => {
    await opened();
    expect(view.tokens.value).toBe(6000);
    expect(view.splitToken.value).toBe(5400);
    expect(signs()).toBe('aé狐'.repeat(WINDOW / 3));
    view.look(5999);
    expect(signs()).toBe('狐');
    view.look(1e9);
    expect(view.first.value).toBe(5999);
    view.look(-5);
    expect(view.first.value).toBe(0);
  });

  it('follows the token that is told of', async () => {
    await opened();
    view.choose(WINDOW - 1);
    expect(view.first.value).toBe(0);
    view.choose(WINDOW);
    expect(view.first.value).toBe(WINDOW / 2);
    view.choose(3);
    expect(view.first.value).toBe(0);
    view.choose(Infinity);
    expect(view.chosen.value).toBe(5999);
    expect(view.shown.value[view.chosen.value - view.first.value]?.shown).toBe('狐');
  });

  it('looks again when text, tokens or split change, and no more at what was before', async () => {
    await opened();
    entries.value = { tokenizer: 'byte' };
    await until(() => view.analysis.value !== null);
    expect(view.tokens.value).toBe(12_000);
    expect(view.shown.value[1]?.shown).toBe('C3');
    recipe.value = { val_fraction: 0.5 };
    text.value = textOf('b'.repeat(100));
    await until(() => view.analysis.value !== null);
    expect(view.splitToken.value).toBe(50);
    expect(view.first.value).toBe(0);
    expect(asked).toEqual([
      { byteTokens: false, held: 0.1 },
      { byteTokens: true, held: 0.1 },
      { byteTokens: true, held: 0.5 },
      { byteTokens: true, held: 0.5 },
    ]);
    expect(stopped).toBe(3);
  });

  it('shows pairs of bytes as the engine finds them', async () => {
    await opened();
    entries.value = { tokenizer: 'bpe:258' };
    await until(() => view.analysis.value !== null);
    expect(tokenised).toEqual(['bpe:258']);
    expect(view.tokens.value).toBe(8000);
    expect(view.splitToken.value).toBe(7200);
    expect(view.analysis.value?.splitAt).toBe(7200 * 1.5);
    expect(view.shown.value.slice(0, 5).map(({ shown }) => shown)).toEqual([
      'aé',
      'E7',
      '8B',
      '90',
      'aé',
    ]);
    entries.value = { tokenizer: 'bpe:25' }; // while it is typed
    expect(view.tokens.value).toBe(8000);
    entries.value = { tokenizer: 'char' };
    await until(() => view.analysis.value !== null);
    expect(view.tokens.value).toBe(6000);
    expect(view.shown.value[1]?.shown).toBe('é');
  });

  it('says what is wrong', async () => {
    text.value = textOf('x');
    view.open.value = true;
    await until(() => view.problem.value !== null);
    expect(view.problem.value).toContain('no memory');
  });
});
