import { describe, expect, it } from 'vitest';
import { corpora, makeText } from '../../../web/src/corpora/corpora';
import { heldOutQuestions, isHeldOut, type Question } from '../../../web/src/corpora/task';

// What is right, worked out otherwise than the generators do.
const solve: Readonly<Record<string, (prompt: string) => string>> = {
  arithmetic: (prompt) => {
    const [, a, b] = /^(\d+)\+(\d+): $/.exec(prompt)!.map(Number) as [0, number, number];
    const [a1, a0] = String(a).padStart(2, '0');
    const [b1, b0] = String(b).padStart(2, '0');
    const carry = Number(a0) + Number(b0) > 9 ? '+1' : '';
    const column = (sum: string) => `${sum}=${sum.split('+').reduce((x, y) => x + Number(y), 0)}`;
    return `${column(`${a0}+${b0}`)}, ${column(`${a1}+${b1}${carry}`)}, ${a + b}`;
  },
  dates: (prompt) => {
    const date = new Date(`${prompt.replace(' = ', '')} 12:00 UTC`);
    return date.toISOString().slice(0, 10);
  },
  'sorted-lists': (prompt) => [...prompt.replace(' > ', '')].sort().join(''),
  brackets: (prompt) => {
    let rest = prompt.replace(' > ', '');
    while (/\(\)|\[\]|\{\}/.test(rest)) rest = rest.replace(/\(\)|\[\]|\{\}/, '');
    const closing: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' };
    return [...rest]
      .reverse()
      .map((open) => closing[open])
      .join('');
  },
};

const tasks = corpora.flatMap((corpus) => (corpus.draw ? [{ ...corpus, draw: corpus.draw }] : []));

it('all but the stories are tasks', () => {
  expect(tasks.map(({ key }) => key)).toEqual(Object.keys(solve));
});

describe.each(tasks)('$name', (corpus) => {
  const { key, draw } = corpus;
  const right = solve[key]!;

  it.each([1, 2, 77])('of seed %i holds 64 questions out of the text', (seed) => {
    const text = `\n${makeText({ corpus, seed })}`;
    const questions = heldOutQuestions(draw, seed, 64);
    expect(new Set(questions.map(({ prompt }) => prompt)).size).toBe(64);
    for (const { prompt } of questions) expect(text).not.toContain(`\n${prompt}`);
  });

  it('asks other questions for another seed, the same for the same', () => {
    expect(heldOutQuestions(draw, 3, 64)).toEqual(heldOutQuestions(draw, 3, 64));
    expect(heldOutQuestions(draw, 3, 64)).not.toEqual(heldOutQuestions(draw, 4, 64));
  });

  it('has right answers, asked and written', () => {
    for (const { prompt, answer } of heldOutQuestions(draw, 1, 64)) {
      expect(answer).toBe(right(prompt));
    }
    const lines = makeText({ corpus, seed: 1 }).trimEnd().split('\n');
    for (const line of lines) {
      const prompt = /^.*?(: | = | > )/.exec(line)![0];
      expect(line).toBe(prompt + right(prompt));
    }
  });

  it('has enough different questions that rote does not do', () => {
    const lines = makeText({ corpus, seed: 1 }).trimEnd().split('\n');
    expect(new Set(lines).size).toBeGreaterThan(5000);
  });
});

describe('what is held out', () => {
  const question = (key: string): Question => ({ prompt: '', answer: '', key });

  it('is an eighth of the keys', () => {
    const keys = Array.from({ length: 20_000 }, (_, i) => question(`${i}`));
    const share = keys.filter((each) => isHeldOut(each, 1)).length / keys.length;
    expect(share).toBeCloseTo(1 / 8, 2);
  });

  it('goes together with what would give its answer away', () => {
    const { draw } = tasks.find(({ key }) => key === 'arithmetic')!;
    const text = `\n${makeText({ corpus: corpora[1]!, seed: 1 })}`;
    for (const { prompt } of heldOutQuestions(draw, 1, 64)) {
      const [, a, b] = /^(\d+)\+(\d+): $/.exec(prompt)!;
      expect(text).not.toContain(`\n${b}+${a}: `);
    }
  });
});
