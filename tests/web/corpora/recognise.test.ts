import { describe, expect, it } from 'vitest';
import { corpora, makeText } from '../../../web/src/corpora/corpora';
import { recogniseText } from '../../../web/src/corpora/recognise';

const bytesOf = (text: string) => new TextEncoder().encode(text);

describe('recogniseText', () => {
  it.each(corpora)('knows $name again, and its seed', (corpus) => {
    for (const seed of [1, 4711]) {
      const text = makeText({ corpus, seed });
      expect(recogniseText(bytesOf(text))).toEqual({ corpus, seed });
    }
  });

  it.each(corpora)('knows no changed $name', (corpus) => {
    const text = makeText({ corpus, seed: 3 });
    expect(recogniseText(bytesOf(`${text}.`))).toBeNull();
    expect(recogniseText(bytesOf(text.slice(0, -1)))).toBeNull();
    expect(recogniseText(bytesOf(text.replace(/.$/m, '#')))).toBeNull();
  });

  it.each(['', 'Once upon a time', '1+1=3\n', '\u0000', '([ > '])('takes %j for none', (text) => {
    expect(recogniseText(bytesOf(text))).toBeNull();
  });
});
