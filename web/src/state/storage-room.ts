import { signal } from '@preact/signals';

// As much of StorageManager as is used.
export type StorageLike = Pick<StorageManager, 'estimate' | 'persist' | 'persisted'>;

// How much the browser lets the page keep, and whether it promised to.
export class StorageRoom {
  readonly promised = signal<boolean | null>(null); // null until it has been asked
  readonly allowed = signal<number | null>(null); // bytes
  private asked = false;

  constructor(private readonly storage: StorageLike | undefined = globalThis.navigator?.storage) {}

  async look(): Promise<void> {
    try {
      this.allowed.value = (await this.storage?.estimate())?.quota ?? null;
      if (await this.storage?.persisted()) this.promised.value = true;
    } catch {
      // A browser may refuse to say.
    }
  }

  // Asks for the promise, once a visit: some browsers pass the question on to the person.
  async ask(): Promise<void> {
    if (this.asked || this.promised.value) return;
    this.asked = true;
    try {
      this.promised.value = (await this.storage?.persist()) ?? false;
    } catch {
      this.promised.value = false;
    }
    await this.look();
  }
}
