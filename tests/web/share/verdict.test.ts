import { describe, expect, it } from 'vitest';
import { defaultRecipe } from '../../../web/src/recipe/schema';
import type { Shared } from '../../../web/src/share/shared';
import { verdictOf, type Here, type RunHere, type TextHere } from '../../../web/src/share/verdict';
import { verdictSentence } from '../../../web/src/share/words';
import { bare } from './examples';

const SHA = 'WbuHmYFCVYlp6dvJXGmQ6bxs4yOeNkkScNLMGvIxRyU';
const OTHER_SHA = '47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU';
const corpus = { key: 'tiny-stories', seed: 1 };

const sample: Shared = {
  ...bare,
  text: { ...bare.text, corpus, sha256: SHA, bytes: 100 },
  run: { arithmetic: 'strict', step: 1500, fingerprint: '00000000000000aa' },
};
const own: Shared = {
  ...sample,
  text: { ...sample.text, corpus: null, name: 'novel.txt' },
};
const text: TextHere = { name: 'tiny stories', corpus, bytes: 100, sha256: SHA };
const run: RunHere = {
  arithmetic: 'strict',
  step: 0,
  rescheduled: false,
  failed: false,
  found: null,
};
const here: Here = { text, recipe: defaultRecipe, run: null };

function told(shared: Shared, here: Here) {
  const verdict = verdictOf(shared, here);
  const corpusName = (key: string) => (key === 'tiny-stories' ? 'tiny stories' : null);
  return [verdict.kind, verdictSentence(verdict, shared, corpusName)] as const;
}

describe('before training', () => {
  it('says what to do, and what should come of it', () => {
    expect(told(sample, here)).toEqual([
      'waiting',
      'Nothing has started. Train it, and after step 1,500 the weights should have the fingerprint 00000000000000aa.',
    ]);
  });

  it('says that nothing will be compared where no fingerprint came', () => {
    expect(told({ ...sample, run: null }, here)[1]).toMatch(/No fingerprint came with it/);
  });

  it('asks for the text of the sender’s own', () => {
    const [kind, sentence] = told(own, { ...here, text: { ...text, sha256: OTHER_SHA } });
    expect(kind).toBe('needs-text');
    expect(sentence).toMatch(/^It was trained on “novel\.txt”, 100 B, .* Open or drop that file;/);
  });

  it('says that a text is another one by its length, or by its SHA-256', () => {
    const mine = { ...text, name: 'mine.txt', corpus: null };
    const shorter = { ...mine, bytes: 99, sha256: null };
    expect(told(own, { ...here, text: shorter })).toEqual([
      'waiting',
      '“mine.txt” is another text than the sender’s: 99 bytes, not 100. Trained like this, the bits will be others.',
    ]);
    expect(told(own, { ...here, text: { ...mine, sha256: OTHER_SHA } })[1]).toMatch(
      /^“mine\.txt” is another text than the sender’s: its SHA-256 begins with 47DEQp, not WbuHmY\./,
    );
  });

  it('knows the sender’s text by its bits, whatever it is called', () => {
    const renamed = { ...text, name: 'copy.txt', corpus: null };
    expect(told(own, { ...here, text: renamed })[1]).toMatch(/^Nothing has started\. Train it/);
  });

  it('tells one sample text from another where nothing else can be compared', () => {
    const unhashed = { ...sample, text: { ...sample.text, sha256: null, bytes: null } };
    const another = { ...text, name: 'dates', corpus: { key: 'dates', seed: 1 }, sha256: null };
    expect(told(unhashed, { ...here, text: another })[1]).toMatch(/^“dates” is another text/);
    expect(told(unhashed, here)[1]).toMatch(/^Nothing has started\. Train it/);
    const reseeded = { ...text, corpus: { ...corpus, seed: 2 } };
    expect(told(unhashed, { ...here, text: reseeded })[1]).toMatch(/another text/);
  });

  it('says which settings were changed, but for those that never change bits', () => {
    const recipe = { ...defaultRecipe, lr: 0.5, steps: 10, eval_every: 3 };
    expect(told(sample, { ...here, recipe })[1]).toBe(
      'Steps is 10, the link’s 2000. Learning rate is 0.5, the link’s 0.001. Trained like this, the bits will be others.',
    );
    const watched = { ...defaultRecipe, eval_every: 3, eval_batches: 1 };
    expect(told(sample, { ...here, recipe: watched })[1]).toMatch(
      /^Nothing has started\. Train it/,
    );
  });

  it('lists no more than can be read', () => {
    const recipe = Object.fromEntries(
      Object.entries(defaultRecipe).map(([name, value]) => [name, Number(value) + 1]),
    );
    expect(told(sample, { ...here, recipe })[1]).toMatch(/\d+ more settings differ\. Trained/);
  });
});

describe('while training', () => {
  it('says when it will be compared', () => {
    expect(told(sample, { ...here, run })).toEqual([
      'training',
      'Training. At step 1,500 the weights are compared with the sender’s.',
    ]);
  });

  it('says beforehand that another class of arithmetic gives other bits', () => {
    const [kind, sentence] = told(sample, { ...here, run: { ...run, arithmetic: 'fused' } });
    expect(kind).toBe('training');
    expect(sentence).toMatch(/^This page computes in fused arithmetic, the sender in strict:/);
  });

  it('says that a run stopped, or is past the step', () => {
    expect(told(sample, { ...here, run: { ...run, step: 9, failed: true } })).toEqual([
      'missed',
      'The run stopped at step 9, before step 1,500, which the link tells of.',
    ]);
    expect(told(sample, { ...here, run: { ...run, step: 1501 } })[1]).toMatch(
      /Train anew to compare/,
    );
  });
});

describe('after training', () => {
  const done = (found: string): RunHere => ({ ...run, step: 1500, found });

  it('is reproduced where the fingerprint is the sender’s', () => {
    expect(told(sample, { ...here, run: done('00000000000000aa') })).toEqual([
      'reproduced',
      'Reproduced: after step 1,500 the weights are the sender’s, bit for bit. Fingerprint 00000000000000aa.',
    ]);
  });

  it.each([
    ['the text', { text: { ...text, bytes: 7, sha256: null } }, /“tiny stories” is another text/],
    ['a setting', { recipe: { ...defaultRecipe, seed: 5 } }, /Seed is 5, the link’s 1337\./],
    [
      'arithmetic',
      { run: { ...done('00000000000000bb'), arithmetic: 'fused' as const } },
      /computes in fused arithmetic, the sender in strict/,
    ],
    [
      'its schedule',
      { run: { ...done('00000000000000bb'), rescheduled: true } },
      /Steps or rates were changed while it ran\./,
    ],
    ['only the bits', {}, /Recipe, text and arithmetic are the same, so the link was changed, or/],
  ])('differs by %s, and says so', (_, change, words) => {
    const [kind, sentence] = told(sample, { ...here, run: done('00000000000000bb'), ...change });
    expect(kind).toBe('differs');
    expect(sentence).toMatch(
      /^Not reproduced: after step 1,500 the fingerprint is 00000000000000bb, the sender’s 00000000000000aa\./,
    );
    expect(sentence).toMatch(words);
  });
});

it('a sample text that this page does not have is named', () => {
  const unknown = { ...sample, text: { ...sample.text, corpus: { key: 'chess', seed: 1 } } };
  expect(told(unknown, here)[1]).toMatch(/sample text “chess”, which this page does not have/);
});
