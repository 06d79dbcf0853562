import { signal } from '@preact/signals';
import { describe, expect, it } from 'vitest';
import { keepAwake } from '../../../web/src/state/wake-lock';

// Locks that count how many are held.
function locks() {
  const it = {
    held: 0,
    asked: 0,
    request: () => {
      it.asked++;
      it.held++;
      return Promise.resolve({ release: () => Promise.resolve(void it.held--) });
    },
  };
  return it;
}

const settled = () => new Promise((done) => setTimeout(done));

describe('the wake lock', () => {
  it('is held while wanted, and asked for again afterwards', async () => {
    const [wanted, lent] = [signal(false), locks()];
    keepAwake(wanted, lent);
    expect(lent.asked).toBe(0);
    wanted.value = true;
    await settled();
    expect(lent.held).toBe(1);
    wanted.value = false;
    await settled();
    expect(lent.held).toBe(0);
    wanted.value = true;
    await settled();
    expect([lent.asked, lent.held]).toEqual([2, 1]);
  });

  it('is let go though it came after it was wanted', async () => {
    const [wanted, lent] = [signal(true), locks()];
    keepAwake(wanted, lent);
    wanted.value = false;
    await settled();
    expect([lent.asked, lent.held]).toEqual([1, 0]);
  });

  it('is asked for again after it was refused', async () => {
    const [wanted, lent] = [signal(true), locks()];
    let refusals = 1;
    keepAwake(wanted, {
      request: () =>
        refusals-- > 0 ? Promise.reject(new DOMException('low battery')) : lent.request(),
    });
    await settled();
    wanted.value = false;
    wanted.value = true;
    await settled();
    expect(lent.held).toBe(1);
  });

  it('is nothing to a browser that has none', () => {
    expect(() => keepAwake(signal(true), undefined)).not.toThrow();
  });
});
