import { openDatabase, stores, type Database } from './database';
import { boundWritings, readWritings, type KeptWriting } from './kept-writing';
import { readStates, type HeldState } from './held-state';
import { readCount, readFields } from './read-value';
import { readRecord, type Kept, type RunCard, type RunRecord } from './run-record';

export interface Listing {
  readonly records: readonly RunRecord[];
  readonly unreadable: readonly string[]; // ids of what is no record
}

// The runs that outlive the tab. Page and worker each have one of these; what they write to a
// record goes through a transaction that reads it first. Every method may reject: see problem.ts.
export class RunStore {
  private opening: Promise<Database> | null = null;

  async list(): Promise<Listing> {
    const database = await this.open();
    const transaction = database.transaction('runs');
    const [ids, values] = await Promise.all([
      transaction.store.getAllKeys(),
      transaction.store.getAll(),
    ]);
    const found = ids.map((id, i) => ({ id, record: matching(id, values[i]) }));
    return {
      records: found.flatMap(({ record }) => record ?? []),
      unreadable: found.flatMap(({ id, record }) => (record ? [] : [id])),
    };
  }

  async find(id: string): Promise<RunRecord | null> {
    return matching(id, await (await this.open()).get('runs', id));
  }

  // Changes what is there; null where nothing is.
  async change(id: string, changed: Partial<RunRecord>): Promise<RunRecord | null> {
    const transaction = (await this.open()).transaction('runs', 'readwrite');
    const before = matching(id, await transaction.store.get(id));
    const after = before && { ...before, ...changed };
    await Promise.all([after && transaction.store.put(after, id), transaction.done]);
    return after;
  }

  // A checkpoint takes the place of the one before, both whole. Where there was none, the record is
  // made of the card; returns whether there was one.
  async keep(card: RunCard, kept: Kept, file: Uint8Array): Promise<boolean> {
    const transaction = (await this.open()).transaction(['runs', 'checkpoints'], 'readwrite');
    const [runs, checkpoints] = [
      transaction.objectStore('runs'),
      transaction.objectStore('checkpoints'),
    ];
    // All are awaited below, unless something throws before.
    transaction.done.catch(() => undefined);
    try {
      const before = matching(card.id, await runs.get(card.id));
      const weights = checkpoints.put({ step: kept.step, file }, card.id);
      weights.catch(() => undefined);
      const about = runs.put({ ...(before ?? card), kept }, card.id);
      await Promise.all([weights, about, transaction.done]);
      return before !== null;
    } catch (reason) {
      abort(transaction); // else what had been put by then would stay
      throw reason;
    }
  }

  // The file of a run's checkpoint, as the engine saved it; null where there is none.
  async checkpoint(id: string): Promise<Uint8Array<ArrayBuffer> | null> {
    const fields = readFields(await (await this.open()).get('checkpoints', id));
    const sound = readCount(fields?.step) !== null && fields?.file instanceof Uint8Array;
    return sound ? (fields.file as Uint8Array<ArrayBuffer>) : null;
  }

  async writings(id: string): Promise<readonly KeptWriting[]> {
    return readWritings(await (await this.open()).get('writings', id));
  }

  async keepWritings(id: string, writings: readonly KeptWriting[]): Promise<void> {
    await (await this.open()).put('writings', boundWritings(writings), id);
  }

  // The states that a kept run can go back to.
  async earlier(id: string): Promise<readonly HeldState[]> {
    return readStates(await (await this.open()).get('earlier', id));
  }

  // They take the place of those before; of a run that is not kept, none are.
  async keepEarlier(id: string, states: readonly HeldState[]): Promise<void> {
    const transaction = (await this.open()).transaction(['runs', 'earlier'], 'readwrite');
    const earlier = transaction.objectStore('earlier');
    const isKept = (await transaction.objectStore('runs').getKey(id)) !== undefined;
    const change = isKept && states.length > 0 ? earlier.put(states, id) : earlier.delete(id);
    await Promise.all([change, transaction.done]);
  }

  async remove(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    const transaction = (await this.open()).transaction(stores, 'readwrite');
    const gone = ids.flatMap((id) =>
      stores.map((name) => transaction.objectStore(name).delete(id)),
    );
    await Promise.all([...gone, transaction.done]);
  }

  private open(): Promise<Database> {
    this.opening ??= withPatience(openDatabase(() => (this.opening = null))).catch(
      (reason: unknown) => {
        this.opening = null; // another attempt may succeed
        throw reason;
      },
    );
    return this.opening;
  }
}

const PATIENCE_MS = 5000;

// A storage that never answers must not hold up training.
function withPatience<T>(work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the storage does not answer')), PATIENCE_MS);
    void work.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function abort(transaction: { abort(): void }): void {
  try {
    transaction.abort();
  } catch {
    // It is over already.
  }
}

function matching(id: string, value: unknown): RunRecord | null {
  const record = readRecord(value);
  return record?.id === id ? record : null;
}
