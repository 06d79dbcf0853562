import { signal } from '@preact/signals';

// What can be taken back, and how.
export interface Undo {
  readonly label: string; // what happened
  readonly restore: () => Promise<void> | void;
  readonly lapse?: () => void; // it is not to be had back any more
}

// Nothing asks "are you sure?": the last thing that took something away can be undone.
export class UndoState {
  readonly last = signal<Undo | null>(null);

  offer(undo: Undo | null): void {
    this.last.value?.lapse?.();
    this.last.value = undo;
  }

  async take(): Promise<void> {
    const undo = this.last.value;
    this.last.value = null;
    await undo?.restore();
  }
}
