import { describe, expect, it } from 'vitest';
import { corpusOf, makeText } from '../../../web/src/corpora/corpora';

describe('tiny stories', () => {
  const corpus = corpusOf('tiny-stories')!;

  it('tells well-formed stories, hardly one of them twice', () => {
    const stories = makeText({ corpus, seed: 1 }, 100_000).trim().split('\n\n');
    expect(new Set(stories).size / stories.length).toBeGreaterThan(0.99);
    for (const story of stories) {
      expect(story).toMatch(/^Once there was a /);
      expect(story).not.toMatch(/undefined|\[object|\s\s|\ba [aeiou]/);
    }
  });
});
