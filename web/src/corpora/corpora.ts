import { drawArithmetic } from './arithmetic';
import { drawBrackets } from './brackets';
import { drawDate } from './dates';
import { drawSortedList } from './sorted-lists';
import { taskLines, type DrawQuestion } from './task';
import { stories } from './tiny-stories';

export interface Corpus {
  readonly key: string;
  readonly name: string;
  readonly teaches: string; // one sentence: what a model learns from it
  readonly preset: string; // the key of the recipe that learns it in a minute
  readonly form: RegExp; // of its beginning
  readonly draw: DrawQuestion | null; // of a task: questions that have one right answer
  readonly passages: (seed: number) => Iterable<string>; // without end
}

// Which text, of all that the generators can make.
export interface CorpusSeed {
  readonly corpus: Corpus;
  readonly seed: number;
}

export const FIRST_SEED = 1;
// Few enough that a text's seed can be found again by trying.
export const LAST_SEED = 9999;
const CHARACTERS = 300_000;

const task = (of: Omit<Corpus, 'passages' | 'preset'> & { draw: DrawQuestion }): Corpus => ({
  preset: 'tasks',
  ...of,
  passages: (seed) => taskLines(of.draw, seed),
});

export const corpora: readonly Corpus[] = [
  {
    key: 'tiny-stories',
    name: 'tiny stories',
    teaches: 'First letters, then words, then sentences, then who did what.',
    preset: 'small',
    form: /^Once there was a /,
    draw: null,
    passages: stories,
  },
  task({
    key: 'arithmetic',
    name: 'arithmetic',
    teaches: 'To add, a column at a time: it writes its working down, as it could not in its head.',
    form: /^\d+\+\d+: /,
    draw: drawArithmetic,
  }),
  task({
    key: 'dates',
    name: 'dates',
    teaches: 'To translate: some of it is copied, and the month is looked up.',
    form: /^\d+ [A-Z][a-z]+ \d{4} = /,
    draw: drawDate,
  }),
  task({
    key: 'sorted-lists',
    name: 'sorted lists',
    teaches: 'To look at all of a list at once and pick, which is what attention does.',
    form: /^\d+ > \d+\n/,
    draw: drawSortedList,
  }),
  task({
    key: 'brackets',
    name: 'brackets',
    teaches: 'To keep in mind what is still open, as one who writes programs must.',
    form: /^[()[\]{}]+ > /,
    draw: drawBrackets,
  }),
];

export function corpusOf(key: string | null): Corpus | null {
  return corpora.find((corpus) => corpus.key === key) ?? null;
}

// REQUIRES: characters >= 0. Whole passages, at least that long together; the same on every machine.
export function makeText({ corpus, seed }: CorpusSeed, characters = CHARACTERS): string {
  const passages: string[] = [];
  let length = 0;
  for (const passage of corpus.passages(seed)) {
    if (length >= characters) break;
    passages.push(passage);
    length += passage.length;
  }
  return passages.join('');
}
