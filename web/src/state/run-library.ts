import { batch, computed, signal } from '@preact/signals';
import type { RunEvent } from '../protocol/to-page';
import { summarise } from '../storage/checkpoint';
import type { KeptWriting } from '../storage/kept-writing';
import { News } from '../storage/news';
import { problemOf, type StorageProblem } from '../storage/problem';
import { RunLock, type Hold } from '../storage/run-lock';
import { MOST_NAME, type Kept, type RunCard, type RunRecord } from '../storage/run-record';
import { RunStore } from '../storage/run-store';
import { freshName } from './run-names';
import { nextColour } from './run-colours';

export const MOST_RUNS = 60;
// How long a deleted run stays in the storage: a tab may offer to bring it back.
const GRACE_MS = 10 * 60_000;

export type RunBeginning = Pick<RunRecord, 'name' | 'text' | 'forkedFrom'>;

// The runs that the browser keeps, as this tab knows them.
export class RunLibrary {
  private readonly all = signal<readonly RunRecord[]>([]);
  // Those that can be opened, the newest first.
  readonly runs = computed(() =>
    this.all.value
      .filter(({ deletedAt }) => deletedAt === null)
      .sort((a, b) => b.kept.at - a.kept.at),
  );
  readonly full = computed(() => this.runs.value.length >= MOST_RUNS);
  readonly loaded = signal(false);
  readonly openId = signal<string | null>(null); // the one in this tab's engine
  readonly elsewhere = signal<ReadonlySet<string>>(new Set()); // those that other tabs have open
  readonly problem = signal<StorageProblem | null>(null);
  readonly notice = signal<string | null>(null); // what the browser or another tab did
  private readonly news = new News(() => void this.refresh());

  constructor(
    private readonly store = new RunStore(),
    readonly lock = new RunLock(),
    private readonly now: () => number = Date.now,
  ) {}

  async begin(): Promise<void> {
    await this.attempt(async () => {
      const { records, unreadable } = await this.store.list();
      await Promise.all(unreadable.map((id) => this.recover(id)));
      await this.clean(records);
    });
    await this.refresh();
    this.loaded.value = true;
  }

  async refresh(): Promise<void> {
    await this.attempt(async () => {
      const [{ records }, elsewhere] = await Promise.all([
        this.store.list(),
        this.lock.elsewhere(),
      ]);
      batch(() => {
        this.all.value = records;
        this.elsewhere.value = elsewhere;
      });
    });
  }

  find(id: string | null): RunRecord | null {
    return this.all.value.find((record) => record.id === id) ?? null;
  }

  // Makes a new run this tab's. It comes into the list with its first checkpoint.
  async add(beginning: RunBeginning): Promise<RunCard> {
    const card = this.cardOf(newId(), beginning);
    this.take(card.id, await this.lock.acquire(card.id));
    await this.makeRoom();
    return card;
  }

  // Puts in a run that came whole, under its own id where that is free. Rejects where that fails.
  async import(
    { id: wanted, ...beginning }: RunBeginning & { id: string },
    kept: Kept,
    file: Uint8Array,
  ): Promise<string> {
    const id = this.find(wanted) ? newId() : wanted;
    await this.store.keep(this.cardOf(id, beginning), kept, file);
    await this.tell();
    return id;
  }

  // The run is the one in this tab's engine from now on.
  take(id: string | null, hold: Hold | null): void {
    this.lock.keep(hold);
    this.openId.value = id;
    this.news.tell();
  }

  // The file of a run's checkpoint; null where there is none. Rejects where it cannot be read.
  checkpoint(id: string): Promise<Uint8Array<ArrayBuffer> | null> {
    return this.store.checkpoint(id);
  }

  writings(id: string): Promise<readonly KeptWriting[]> {
    return this.store.writings(id).catch(() => []);
  }

  async keepWritings(id: string, writings: readonly KeptWriting[]): Promise<void> {
    await this.attempt(() => this.store.keepWritings(id, writings));
  }

  async rename(id: string, name: string): Promise<void> {
    const words = [...name.trim()].slice(0, MOST_NAME).join('');
    if (words && words !== this.find(id)?.name) await this.change(id, { name: words });
  }

  // Takes a run out of the list, not yet out of the storage. False where another tab has it open.
  delete(id: string): Promise<boolean> {
    return this.lock.whileFree(id, () => this.change(id, { deletedAt: this.now() }));
  }

  async restore(id: string): Promise<void> {
    await this.change(id, { deletedAt: null });
  }

  // Takes a deleted run out of the storage, for good.
  async purge(id: string): Promise<void> {
    if (this.find(id)?.deletedAt == null) return;
    await this.attempt(() => this.store.remove([id]));
    await this.tell();
  }

  receive(event: RunEvent): void {
    if (event.type === 'kept') {
      if (event.id === this.openId.value) this.problem.value = null;
      if (event.anew) this.notice.value = CLEARED;
      void this.tell();
    }
    if (event.type === 'not-kept' && event.id === this.openId.value) {
      this.problem.value = event.problem;
    }
  }

  close(): void {
    this.lock.keep(null);
    this.news.close();
  }

  private async change(id: string, changed: Partial<RunRecord>): Promise<void> {
    await this.attempt(() => this.store.change(id, changed));
    await this.tell();
  }

  private async tell(): Promise<void> {
    this.news.tell();
    await this.refresh();
  }

  // What is not in a record may still be in the checkpoint beside it.
  private async recover(id: string): Promise<void> {
    const file = await this.store.checkpoint(id);
    const summary = file && summarise(file);
    if (!summary) return this.store.remove([id]);
    const kept = { ...summary, at: this.now(), bytes: file.length, training: false };
    const name = 'recovered run';
    const card = this.cardOf(id, { name, text: { name, corpus: null }, forkedFrom: null });
    await this.store.keep(card, kept, file);
  }

  private cardOf(id: string, beginning: RunBeginning): RunCard {
    return {
      ...beginning,
      id,
      name: freshName(beginning.name, this.all.value),
      colour: nextColour(this.runs.value),
      createdAt: this.now(),
      deletedAt: null,
    };
  }

  // Removes what was deleted and cannot be had back any more.
  private async clean(records: readonly RunRecord[]): Promise<void> {
    const over = this.now() - GRACE_MS;
    const stale = records.filter(({ deletedAt }) => (deletedAt ?? Infinity) < over);
    for (const { id } of stale) await this.lock.whileFree(id, () => this.store.remove([id]));
  }

  // For a run that has just begun.
  private async makeRoom(): Promise<void> {
    const oldest = this.runs.value
      .slice(MOST_RUNS - 1)
      .filter(({ id }) => id !== this.openId.value);
    await this.attempt(async () => {
      for (const { id } of oldest) await this.lock.whileFree(id, () => this.store.remove([id]));
    });
  }

  // Whether it could be done; where not, the problem is told.
  private async attempt(work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (reason) {
      this.problem.value = problemOf(reason);
      return false;
    }
  }
}

const CLEARED =
  'The browser had cleared what this page kept. The run that is open is kept again; the others are gone.';

// Unlike crypto.randomUUID, this is there on a page that is not secure.
function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('');
}
