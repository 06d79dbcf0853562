import { signal } from '@preact/signals';
import { readThreads, type Build } from '../engine/choose-build';
import type { App } from './app';
import type { choices } from './choices';

const KEY = 'threads';

export function rememberedThreads(storage: typeof choices): ReturnType<typeof readThreads> {
  return readThreads(storage.getItem(KEY));
}

// On how many threads the engine works here: a matter of this device, which no bit depends on.
export class ThreadsState {
  readonly offered: readonly number[];
  readonly chosen;
  private changed: Promise<void> = Promise.resolve();

  constructor(
    private readonly app: Pick<App, 'engine' | 'keeper'>,
    private readonly build: Build,
    most: number,
    private readonly storage: typeof choices,
  ) {
    // More than there are cores only where the address asks for it.
    const count = build.name.endsWith('threads') ? Math.max(most, build.threads) : 1;
    this.offered = Array.from({ length: count }, (_, i) => i + 1);
    this.chosen = signal(build.threads);
  }

  // Starts the engine anew; a run at rest goes on in it.
  choose(threads: number): Promise<void> {
    if (threads === this.chosen.value || !this.offered.includes(threads)) return this.changed;
    this.chosen.value = threads;
    this.storage.setItem(KEY, String(threads));
    const { engine, keeper } = this.app;
    const open = () => engine.open({ ...this.build, threads });
    this.changed = this.changed.then(() => keeper.carryOver(open));
    return this.changed;
  }
}
