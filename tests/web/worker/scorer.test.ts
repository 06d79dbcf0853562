import { beforeEach, describe, expect, it } from 'vitest';
import { corpora } from '../../../web/src/corpora/corpora';
import type { Question } from '../../../web/src/corpora/task';
import type { EngineSession, SampleOptions } from '../../../web/src/engine/types';
import type { RunEvent } from '../../../web/src/protocol/to-page';
import { questionsOf, Scorer } from '../../../web/src/worker/scorer';

const FINE = { code: '', where: '', message: '' };
const questions: Question[] = [
  { prompt: '1+1=', answer: '2', key: '1+1' },
  { prompt: '5+6=', answer: '11', key: '5+6' },
];

let answers: Record<string, string>; // by prompt: what the model would write, without end
let piece: number; // characters a token
let asked: { prompt: string; options: SampleOptions }[];
let tokens: number;
let told: RunEvent[];

// As much of a session as writes.
function session(): EngineSession {
  let left = '';
  return {
    beginSample: (prompt: string, options: SampleOptions) => {
      asked.push({ prompt, options });
      left = answers[prompt] ?? '';
      return FINE;
    },
    nextSample: () => {
      tokens++;
      const text = left.slice(0, piece);
      left = left.slice(piece);
      return { error: FINE, done: false, id: 0, text };
    },
  } as unknown as EngineSession;
}

beforeEach(() => {
  answers = { '\n1+1=': '2\n7+7=14\n', '\n5+6=': '11\n' };
  piece = 1;
  asked = [];
  tokens = 0;
  told = [];
});

function score(step = 300, of = questions): Extract<RunEvent, { type: 'scored' }> {
  const scorer = new Scorer(session(), 7, of, (event) => told.push(event));
  scorer.begin(step);
  while (scorer.busy) scorer.ask();
  expect(told).toHaveLength(1);
  return told[0] as Extract<RunEvent, { type: 'scored' }>;
}

describe('Scorer', () => {
  it('asks each question on a line of its own, greedily', () => {
    score();
    expect(asked.map(({ prompt }) => prompt)).toEqual(['\n1+1=', '\n5+6=']);
    expect(asked.every(({ options }) => options.temperature === 0)).toBe(true);
  });

  it('counts what is right to the end of the line', () => {
    expect(score()).toEqual({
      type: 'scored',
      runId: 7,
      step: 300,
      right: 2,
      of: 2,
      mistake: null,
    });
  });

  it.each(['12\n', '1', '111', '1 \n', '', '\n11'])('takes %j for 11 as wrong', (written) => {
    answers['\n5+6='] = written;
    const { right, mistake } = score();
    expect(right).toBe(1);
    expect(mistake).toMatchObject({ prompt: '5+6=', answer: '11' });
  });

  it('shows the first mistake as the model wrote it', () => {
    answers['\n1+1='] = '3\n';
    answers['\n5+6='] = '12\n';
    expect(score().mistake).toEqual({ prompt: '1+1=', answer: '2', written: '3' });
  });

  it('reads tokens of several characters', () => {
    piece = 4;
    expect(score().right).toBe(2);
  });

  it('leaves the space before an answer to the model', () => {
    const spaced = questions.map((each) => ({ ...each, prompt: `${each.prompt} ` }));
    answers = { '\n1+1=': ' 2\n', '\n5+6=': '11\n' };
    expect(score(300, spaced)).toMatchObject({
      right: 1,
      mistake: { prompt: '5+6= ', answer: '11', written: '11' },
    });
  });

  it('asks for no more tokens than an answer and its end have', () => {
    answers = { '\n1+1=': '9'.repeat(100), '\n5+6=': '9'.repeat(100) };
    score();
    expect(tokens).toBe(2 + 3);
  });

  it('tells nothing once it was stopped, and begins anew', () => {
    const scorer = new Scorer(session(), 7, questions, (event) => told.push(event));
    scorer.begin(1);
    scorer.ask();
    scorer.stop();
    expect(scorer.busy).toBe(false);
    scorer.begin(2);
    while (scorer.busy) scorer.ask();
    expect(told).toMatchObject([{ step: 2, right: 2, of: 2 }]);
  });
});

describe('questionsOf', () => {
  it('has 64 questions for a task, none for stories or a text of one’s own', () => {
    const counts = corpora.map((corpus) => questionsOf({ corpus, seed: 1 }).length);
    expect(counts).toEqual([0, 64, 64, 64, 64]);
    expect(questionsOf(null)).toEqual([]);
  });
});
