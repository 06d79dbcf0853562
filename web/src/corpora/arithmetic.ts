import type { Random } from './random';
import type { Question } from './task';

const MOST = 99;

// "27+58: 7+8=15, 2+5+1=8, 85": a sum of two numbers, its working written down, units first. Without
// the working the same small model needs many times as long.
export function drawArithmetic(random: Random): Question {
  const [a, b] = [random.upTo(MOST), random.upTo(MOST)];
  const [units, tens] = [(a % 10) + (b % 10), Math.floor(a / 10) + Math.floor(b / 10)];
  const working = [
    `${a % 10}+${b % 10}=${units}`,
    units > 9
      ? `${Math.floor(a / 10)}+${Math.floor(b / 10)}+1=${tens + 1}`
      : `${Math.floor(a / 10)}+${Math.floor(b / 10)}=${tens}`,
  ];
  const key = `${Math.min(a, b)}+${Math.max(a, b)}`;
  return { prompt: `${a}+${b}: `, answer: `${working.join(', ')}, ${a + b}`, key };
}
