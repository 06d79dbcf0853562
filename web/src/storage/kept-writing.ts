import { readCount, readFields } from './read-value';

// A text that the model wrote, as it is kept.
export interface KeptWriting {
  readonly step: number;
  readonly prompt: string;
  readonly asked: boolean;
  readonly text: string;
}

const MOST_WRITINGS = 100;
const MOST_CHARACTERS = 20_000;

export function boundWritings(writings: readonly KeptWriting[]): readonly KeptWriting[] {
  const cut = (words: string) => words.slice(0, MOST_CHARACTERS);
  return writings
    .slice(0, MOST_WRITINGS)
    .map((each) => ({ ...each, prompt: cut(each.prompt), text: cut(each.text) }));
}

export function readWritings(value: unknown): readonly KeptWriting[] {
  if (!Array.isArray(value)) return [];
  return boundWritings(
    value.slice(0, MOST_WRITINGS).flatMap((each: unknown) => {
      const fields = readFields(each);
      const step = readCount(fields?.step);
      const { prompt, text, asked } = fields ?? {};
      if (step === null || typeof prompt !== 'string' || typeof text !== 'string') return [];
      return [{ step, prompt, asked: asked === true, text }];
    }),
  );
}
