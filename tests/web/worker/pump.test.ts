import { afterEach, expect, it } from 'vitest';
import { Pump } from '../../../web/src/worker/pump';

let pump: Pump | null = null;
afterEach(() => pump?.close());

it('works until there is no more, never inside of what woke it', async () => {
  const log: string[] = [];
  await new Promise<void>((resolve) => {
    let left = 3;
    pump = new Pump(() => {
      log.push('work');
      if (--left === 0) resolve();
      return left > 0;
    });
    pump.wake();
    pump.wake(); // twice is once
    log.push('woken');
  });
  expect(log).toEqual(['woken', 'work', 'work', 'work']);
});

it('can be woken again when it has come to rest', async () => {
  let works = 0;
  let worked: () => void = () => undefined;
  pump = new Pump(() => {
    works++;
    worked();
    return false;
  });
  for (const expected of [1, 2]) {
    await new Promise<void>((resolve) => {
      worked = resolve;
      pump?.wake();
    });
    expect(works).toBe(expected);
  }
});
