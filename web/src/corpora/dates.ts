import type { Random } from './random';
import type { Question } from './task';

const months: readonly (readonly [name: string, days: number])[] = [
  ['January', 31],
  ['February', 28],
  ['March', 31],
  ['April', 30],
  ['May', 31],
  ['June', 30],
  ['July', 31],
  ['August', 31],
  ['September', 30],
  ['October', 31],
  ['November', 30],
  ['December', 31],
];
const FIRST_YEAR = 1900;
const LAST_YEAR = 2099;

// "7 March 1994 = 1994-03-07": a date as it is spoken, and as ISO 8601 writes it.
export function drawDate(random: Random): Question {
  const month = random.upTo(months.length - 1);
  const [name, days] = months[month]!;
  const day = 1 + random.upTo(days - 1);
  const year = FIRST_YEAR + random.upTo(LAST_YEAR - FIRST_YEAR);
  const prompt = `${day} ${name} ${year} = `;
  return { prompt, answer: `${year}-${two(month + 1)}-${two(day)}`, key: prompt };
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}
