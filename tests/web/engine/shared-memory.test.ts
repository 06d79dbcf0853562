import { describe, expect, it } from 'vitest';
import { sharedMemory } from '../../../web/src/engine/shared-memory';

// A browser that refuses more than so many pages.
function browser(mostPages: number) {
  const asked: number[] = [];
  return {
    asked,
    make: (maximum: number) => {
      asked.push(maximum);
      if (maximum > mostPages) throw new RangeError('too large');
      return new WebAssembly.Memory({ initial: 1, maximum, shared: true });
    },
  };
}

describe('sharedMemory', () => {
  it('takes all that WebAssembly can have', () => {
    const { make, asked } = browser(65_536);
    expect(sharedMemory(make).buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(asked).toEqual([65_536]);
  });

  it('takes less where a browser refuses that', () => {
    const { make, asked } = browser(20_000);
    sharedMemory(make);
    expect(asked).toEqual([65_536, 32_768, 16_384]);
  });

  it('passes on why there is none', () => {
    expect(() => sharedMemory(browser(10).make)).toThrow('too large');
    const denied = () => {
      throw new TypeError('not isolated');
    };
    expect(() => sharedMemory(denied)).toThrow('not isolated');
  });
});
