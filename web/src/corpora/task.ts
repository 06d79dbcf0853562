// Tasks: a text of solved questions, a line each, and questions of the same kind that it never
// shows. Both follow from the seed alone.
import { Random } from './random';

export interface Question {
  readonly prompt: string; // how the line begins
  readonly answer: string; // how it goes on, to its end
  // Questions with one key are held out together: 3+5 with 5+3.
  readonly key: string;
}

export type DrawQuestion = (random: Random) => Question;

const HELD_OUT_ONE_IN = 8;
const MOST_DRAWS = 100_000; // far more than are ever needed
const OTHER_DRAWS = 0x51ed270b; // apart from those of the text, which begin with the seed itself

// FNV-1a, its bits mixed once more so that its remainders are even.
function hash(words: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < words.length; i++) h = Math.imul(h ^ words.charCodeAt(i), 0x01000193);
  h = Math.imul(h ^ (h >>> 15), 0x2c1b3c6d);
  return (h ^ (h >>> 13)) >>> 0;
}

export function isHeldOut({ key }: Question, seed: number): boolean {
  return hash(`${seed} ${key}`) % HELD_OUT_ONE_IN === 0;
}

// The lines of the text, without end.
export function* taskLines(draw: DrawQuestion, seed: number): Generator<string> {
  const random = new Random(seed);
  for (;;) {
    const question = draw(random);
    if (!isHeldOut(question, seed)) yield `${question.prompt}${question.answer}\n`;
  }
}

// At most `count` different questions that no line of the text asks.
export function heldOutQuestions(draw: DrawQuestion, seed: number, count: number): Question[] {
  const random = new Random(seed ^ OTHER_DRAWS);
  const found = new Map<string, Question>();
  for (let draws = 0; found.size < count && draws < MOST_DRAWS; draws++) {
    const question = draw(random);
    if (isHeldOut(question, seed)) found.set(question.prompt, question);
  }
  return [...found.values()];
}
