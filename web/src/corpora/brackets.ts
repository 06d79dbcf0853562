import type { Random } from './random';
import type { Question } from './task';

const pairs = [
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
] as const;
const SHORTEST = 3;
const LONGEST = 10;
const DEEPEST = 5;

// "([]{ > })": brackets left open, and what closes them, the innermost first.
export function drawBrackets(random: Random): Question {
  const length = SHORTEST + random.upTo(LONGEST - SHORTEST);
  const open: string[] = []; // what closes them, the outermost first
  let prompt = '';
  for (let i = 0; i < length; i++) {
    const mustOpen = open.length === 0 || (open.length === 1 && i === length - 1);
    if (!mustOpen && (open.length === DEEPEST || random.chance(0.4))) prompt += open.pop();
    else {
      const [opens, closes] = random.pick(pairs);
      prompt += opens;
      open.push(closes);
    }
  }
  prompt += ' > ';
  return { prompt, answer: open.reverse().join(''), key: prompt };
}
