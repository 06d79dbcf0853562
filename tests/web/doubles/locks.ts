import type { Locks } from '../../../web/src/storage/run-lock';

// The locks of a browser, exclusive ones only, for tabs that live in one thread.
export class LocksDouble {
  private readonly held = new Set<string>();
  private waiting: { name: string; run: () => void }[] = [];

  readonly locks: Locks = {
    query: () => Promise.resolve({ held: [...this.held].map((name) => ({ name })) }),
    request: (async (
      name: string,
      { signal }: { signal: AbortSignal },
      work: () => Promise<unknown>,
    ) => {
      if (this.held.has(name)) await this.turn(name, signal);
      this.held.add(name);
      try {
        return await work();
      } finally {
        this.held.delete(name);
        this.waiting.find((each) => each.name === name)?.run();
      }
    }) as Locks['request'],
  };

  private turn(name: string, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const place = { name, run: () => leave(resolve) };
      const leave = (how: () => void) => {
        this.waiting = this.waiting.filter((each) => each !== place);
        how();
      };
      this.waiting.push(place);
      signal.addEventListener('abort', () => leave(() => reject(new Error('aborted'))));
    });
  }
}
