import { beforeEach, describe, expect, it } from 'vitest';
import { HintState, type HintMemory } from '../../../web/src/state/hint-state';
import { RunState } from '../../../web/src/state/run-state';

let run: RunState;
let seen: boolean;
const memory: HintMemory = { seen: () => seen, remember: () => (seen = true) };

beforeEach(() => {
  run = new RunState();
  seen = false;
});

describe('the hints', () => {
  it('say at each stage what to look at next', () => {
    const { hint } = new HintState(run, memory);
    expect(hint.value).toMatch(/Press Train/);
    run.phase.value = 'starting';
    expect(hint.value).toMatch(/Press Train/);
    run.phase.value = 'running';
    expect(hint.value).toMatch(/Watch the curve/);
    run.evaluation.value = { step: 100, trainLoss: 2, valLoss: 2 };
    expect(hint.value).toMatch(/newest writing/);
    expect(seen).toBe(false);
    run.phase.value = 'done';
    expect(hint.value).toMatch(/Your turn/);
  });

  it('do not come again once they were all seen, nor once they were put away', () => {
    const first = new HintState(run, memory);
    run.phase.value = 'done';
    expect(first.hint.value).not.toBeNull(); // still to be read
    expect(new HintState(run, memory).hint.value).toBeNull();

    seen = false;
    const second = new HintState(new RunState(), memory);
    second.dismiss();
    expect(second.hint.value).toBeNull();
    expect(new HintState(run, memory).hint.value).toBeNull();
  });
});
