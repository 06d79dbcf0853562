// Which tab a run is open in. The browser lets go of a lock with its tab, however that ends. Where
// it has no locks (a page that is not secure), every run counts as this tab's.
const PREFIX = 'clearformer-run-';
// How long a tab that has just been closed or reloaded may take to let go.
const PATIENCE_MS = 400;

// As much of LockManager as is used.
export type Locks = Pick<LockManager, 'request' | 'query'>;

export interface Hold {
  readonly id: string;
  readonly release: () => void;
}

export class RunLock {
  private held: Hold | null = null;
  private readonly mine = new Set<string>(); // the one held, and those being taken

  constructor(private readonly locks: Locks | undefined = globalThis.navigator?.locks) {}

  // A hold on a run, beside the one that is kept; null where another tab has it.
  async acquire(id: string): Promise<Hold | null> {
    if (this.held?.id === id) return this.held;
    const release = await this.request(PREFIX + id);
    if (!release) return null;
    this.mine.add(id);
    const letGo = () => {
      this.mine.delete(id);
      release();
    };
    return { id, release: letGo };
  }

  // Holds this run from now on, and no other.
  keep(hold: Hold | null): void {
    if (hold === this.held) return;
    this.held?.release();
    this.held = hold;
  }

  // Does something to a run that no other tab has open; returns whether that was so.
  async whileFree(id: string, work: () => Promise<unknown>): Promise<boolean> {
    const hold = await this.acquire(id);
    if (!hold) return false;
    try {
      await work();
    } finally {
      if (hold !== this.held) hold.release();
    }
    return true;
  }

  // The runs that other tabs have open.
  async elsewhere(): Promise<ReadonlySet<string>> {
    const { held = [] } = (await this.locks?.query().catch(() => null)) ?? {};
    const ids = held.flatMap(({ name }) =>
      name?.startsWith(PREFIX) ? [name.slice(PREFIX.length)] : [],
    );
    return new Set(ids.filter((id) => !this.mine.has(id)));
  }

  // What lets go of the lock; null where another tab has it.
  private request(name: string): Promise<(() => void) | null> {
    const { locks } = this;
    const unlocked = () => undefined;
    if (!locks) return Promise.resolve(unlocked);
    return new Promise((resolve) => {
      const signal = AbortSignal.timeout(PATIENCE_MS);
      const hold = () => new Promise<void>((release) => resolve(release));
      const refused = () => resolve(signal.aborted ? null : unlocked);
      locks.request(name, { signal }, hold).catch(refused);
    });
  }
}
