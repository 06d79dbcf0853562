import { describe, expect, it } from 'vitest';
import {
  announcement,
  chartDescription,
  plainReason,
  runSentence,
} from '../../../web/src/state/words';

const facts = {
  step: 412,
  steps: 2000,
  vocabSize: 61,
  evaluating: null,
  trouble: null,
  crashed: false,
};

describe('runSentence', () => {
  it('says where the loss will start', () => {
    expect(runSentence('none', facts)).toContain(`ln V = ${Math.log(61).toFixed(2)}`);
  });

  it('says what the engine says, and what can be done', () => {
    const trouble = 'The loss became infinite at step 412.';
    const words = runSentence('failed', { ...facts, trouble });
    expect(words).toContain(trouble);
    expect(words).toContain('press Train anew');
  });

  it('says after a crash what is left and what to do', () => {
    const trouble = 'Uncaught RuntimeError: unreachable';
    expect(runSentence('failed', { ...facts, trouble, crashed: true })).toBe(
      'The engine stopped at step 412: unreachable. ' +
        'The text and the recipe are kept, and a new engine stands ready: press Train anew.',
    );
  });
});

it.each([
  ['Uncaught RuntimeError: unreachable', 'unreachable'],
  ['Error: RuntimeError: out of memory.', 'out of memory'],
  ['', 'no reason was given'],
])('the reason in %j is %j', (message, reason) => expect(plainReason(message)).toBe(reason));

describe('announcement', () => {
  const evaluation = { step: 250, trainLoss: 2, valLoss: 2.1 };
  it('tells of evaluations while the run goes on, and of the phase when it rests', () => {
    expect(announcement('running', 300, 2000, evaluation)).toMatch(/^Step 250: .*2\.000.*2\.100/);
    expect(announcement('paused', 300, 2000, evaluation)).toBe('Paused at step 300 of 2,000.');
    expect(announcement('none', 0, 0, null)).toBe('');
  });
});

it('a chart is described by where its curves began and where they are', () => {
  const first = { step: 0, trainLoss: 4, valLoss: 4.1 };
  const last = { step: 500, trainLoss: 2, valLoss: 2.2 };
  const words = chartDescription(500, first, last);
  for (const figure of ['500', '4.000', '4.100', '2.000', '2.200']) expect(words).toContain(figure);
});
