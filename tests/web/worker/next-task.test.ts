import { describe, expect, it } from 'vitest';
import { nextTask } from '../../../web/src/worker/next-task';

const nothing = { evaluationDue: false, sampleDue: false, finished: false };

describe('nextTask', () => {
  it('takes a step where nothing else is due', () => {
    expect(nextTask(nothing)).toBe('step');
  });

  it('evaluates, then samples, then goes on', () => {
    expect(nextTask({ ...nothing, evaluationDue: true, sampleDue: true })).toBe('evaluate');
    expect(nextTask({ ...nothing, sampleDue: true })).toBe('sample');
  });

  it('ends a finished run, after what is still due', () => {
    const finished = { ...nothing, finished: true };
    expect(nextTask({ ...finished, evaluationDue: true })).toBe('evaluate');
    expect(nextTask({ ...finished, sampleDue: true })).toBe('sample');
    expect(nextTask(finished)).toBe('finish');
  });
});
