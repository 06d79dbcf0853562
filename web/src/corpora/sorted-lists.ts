import type { Random } from './random';
import type { Question } from './task';

const SHORTEST = 3;
const LONGEST = 6;

// "72917 > 12779": digits, and the same digits in order.
export function drawSortedList(random: Random): Question {
  const length = SHORTEST + random.upTo(LONGEST - SHORTEST);
  const digits = Array.from({ length }, () => random.upTo(9));
  const answer = [...digits].sort((a, b) => a - b).join('');
  return { prompt: `${digits.join('')} > `, answer, key: answer };
}
