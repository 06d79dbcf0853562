import { describe, expect, it } from 'vitest';
import {
  announcement,
  chartDescription,
  listed,
  pastSentence,
  plainReason,
  runSentence,
  shownToken,
  stepSentence,
  tokenSentence,
} from '../../../web/src/state/words';

const facts = {
  step: 412,
  steps: 2000,
  vocabSize: 61,
  evaluating: null,
  trouble: null,
  crashed: false,
  diverged: false,
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

  it('leaves what can be done to the remedies where it diverged', () => {
    const trouble = 'The loss became infinite at step 412.';
    expect(runSentence('failed', { ...facts, trouble, diverged: true })).toBe(trouble);
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

it('a chart that is zoomed says what it shows', () => {
  const words = chartDescription(5000, null, null, { from: 1200.4, to: 1800 });
  expect(words).toBe('Chart of the loss over 5,000 steps, from step 1,200 to 1,800.');
});

it('a step is told with its numbers, the nearest evaluation and the nearest sample', () => {
  const [loss, lr, gradNorm] = [1.5, 0.001, 0.25];
  const nothing = { loss, lr, gradNorm, evaluation: null, writing: null };
  const words = 'Step 7: training loss 1.500, learning rate 1.00e-3, gradient norm 0.250';
  expect(stepSentence(7, nothing)).toBe(`${words}.`);
  const evaluation = { step: 5, trainLoss: 2, valLoss: 2.25 };
  expect(stepSentence(7, { ...nothing, evaluation })).toBe(
    `${words}, validation loss 2.250 at step 5.`,
  );
});

it('a changed schedule is told by the labels of its settings', () => {
  expect(listed(['steps', 'lr'], { steps: 3000, lr: 0.0005 })).toBe(
    'Steps 3,000, Learning rate 0.0005',
  );
  expect(pastSentence({ until: 1240, steps: 2000, lr: 0.001, minLr: 0.0001, gradClip: 1 })).toBe(
    'Until step 1,240: learning rate 0.001, final rate 0.0001, clip 1, 2,000 steps.',
  );
});

describe('a token', () => {
  it.each([
    [' the', '␣the'],
    ['\n', '↵'],
    ['\t.', '⇥.'],
    ['', '…'],
    ['é', 'é'],
  ])('%j is seen as %s', (text, shown) => expect(shownToken(text)).toBe(shown));

  it('is told with what else it might have been', () => {
    const [space, e] = [
      { text: ' ', probability: 0.5 },
      { text: 'e', probability: 0.25 },
    ];
    expect(tokenSentence({ ...e, alternatives: [space, e] })).toBe('“e”, 25 %. Else: space 50 %.');
    expect(tokenSentence({ ...space, alternatives: [] })).toBe('space, 50 %.');
    // A token that ends within a character: what it wrote so far is not all of it.
    const cut = { text: ' caf', piece: ' caf\\xC3', probability: 0.5 };
    const same = { text: cut.piece, probability: 0.5 };
    expect(tokenSentence({ ...cut, alternatives: [same, e] })).toBe(
      '“␣caf\\xC3”, 50 %. Else: “e” 25 %.',
    );
  });
});
