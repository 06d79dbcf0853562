import { describe, expect, it } from 'vitest';
import { EarlierStates } from '../../../web/src/worker/earlier-states';

const FINE = { code: '', where: '', message: '' };

// States of a run whose files are so large, considered at every step, a second apart.
function states({ bytes = 10, fits = true, saving = 0 } = {}) {
  let now = 0;
  let saved = 0;
  const session = {
    save: () => {
      now += saving;
      saved++;
      return { error: FINE, bytes: new Uint8Array(bytes).fill(saved) };
    },
  };
  const held = new EarlierStates(session, () => now, fits);
  const train = (from: number, to: number) => {
    for (let step = from; step <= to; step++) {
      held.consider(step, step / 100);
      now += 1000;
    }
  };
  return { held, train, saved: () => saved };
}
const stepsOf = (held: EarlierStates) => held.states.map(({ step }) => step);

describe('earlier states', () => {
  it('are held from the beginning on, two seconds apart', () => {
    const { held, train } = states();
    train(0, 5);
    expect(stepsOf(held)).toEqual([0, 2, 4]);
    expect(held.states[1]).toEqual({ step: 2, loss: 0.02 });
  });

  it('are few, the farther back the farther apart', () => {
    const { held, train } = states();
    train(0, 400);
    const steps = stepsOf(held);
    expect(steps).toHaveLength(6);
    expect([steps[0], steps.at(-1)]).toEqual([0, 400]);
    const gaps = steps.slice(1).map((step, i) => step - steps[i]!);
    expect(gaps[0]).toBeGreaterThan(gaps.at(-1)! * 4);
    expect(gaps.at(-1)).toBeLessThanOrEqual(20);
  });

  it('are taken less often where that takes long', () => {
    const { train, saved } = states({ saving: 100 });
    train(0, 20);
    expect(saved()).toBe(5); // every 50 * 100 ms
  });

  it('hold no more than a bounded number of bytes, and none of a large run', () => {
    const { held, train } = states({ bytes: 15_000_000 });
    train(0, 40);
    expect(stepsOf(held)).toHaveLength(4);
    const large = states({ bytes: 17_000_000 });
    large.train(0, 40);
    expect(large.held.states).toEqual([]);
    expect(large.saved()).toBe(1);
  });

  it('are not taken where the engine has no room for a file', () => {
    const { train, saved } = states({ fits: false });
    train(0, 9);
    expect(saved()).toBe(0);
  });

  it('of an earlier tab are held again, as far as they are older and there is room', () => {
    const kept = [40, 10, 20, 30, 50, 60].map((step) => ({
      ...{ step, loss: step / 100 },
      file: Uint8Array.of(step),
    }));
    const { held, train } = states();
    held.recall(kept);
    expect(stepsOf(held)).toEqual([10, 20, 30, 40, 50, 60]);
    const { held: begun, train: trainOn } = states();
    trainOn(30, 34);
    begun.recall(kept);
    expect(stepsOf(begun)).toEqual([10, 20, 30, 32, 34]);
    expect(begun.goBackTo(20)).toEqual(Uint8Array.of(20));
    train(70, 80);
    expect(stepsOf(held)).toHaveLength(6);
    const full = states({ fits: false });
    full.held.recall(kept);
    expect(full.held.states).toEqual([]);
    const { held: few } = states();
    few.recall([{ step: 1, loss: 1, file: new Uint8Array(70_000_000) }]);
    expect(few.states).toEqual([]);
  });

  it('that come after the one that is gone back to are given up', () => {
    const { held, train } = states();
    train(0, 6);
    expect(held.goBackTo(3)).toBeNull();
    expect(held.goBackTo(2)?.[0]).toBe(2); // the second that was saved
    expect(stepsOf(held)).toEqual([0, 2]);
    expect(held.goBackTo(2)?.[0]).toBe(2); // still there
  });
});
