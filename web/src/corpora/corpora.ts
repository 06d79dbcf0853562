import { tinyStories } from './tiny-stories';

export interface Corpus {
  readonly key: string;
  readonly name: string;
  readonly teaches: string; // one sentence: what a model learns from it
  readonly make: () => string;
}

const SEED = 1;
const CHARACTERS = 300_000;

export const corpora: readonly Corpus[] = [
  {
    key: 'tiny-stories',
    name: 'tiny stories',
    teaches: 'First letters, then words, then sentences, then who did what.',
    make: () => tinyStories(SEED, CHARACTERS),
  },
];
