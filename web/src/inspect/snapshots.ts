import { computed, signal } from '@preact/signals';

// So many are kept, and so many numbers in all of them together.
const MOST = 12;
const MOST_NUMBERS = 8_000_000;

export interface Snapshot {
  readonly step: number;
  readonly maps: readonly Float32Array[];
}

// How the same text was looked at over a training: a few steps, spread over all of it.
export class Snapshots {
  readonly all = signal<readonly Snapshot[]>([]);
  readonly chosen = signal<number | null>(null); // null: the newest
  readonly shown = computed(
    () => this.all.value[this.chosen.value ?? this.all.value.length - 1] ?? null,
  );
  private subject = '';

  // A newer one of the same subject; of another it is the first.
  add(subject: string, snapshot: Snapshot): void {
    if (subject !== this.subject) this.chosen.value = null;
    const before = subject === this.subject ? this.all.peek() : [];
    this.subject = subject;
    // A run begun anew, or one gone back to, has none of the steps after.
    const earlier = before.filter(({ step }) => step < snapshot.step);
    if (earlier.length < before.length) this.chosen.value = null;
    const numbers = snapshot.maps.reduce((sum, map) => sum + map.length, 0);
    const most = Math.max(Math.min(MOST, Math.floor(MOST_NUMBERS / Math.max(numbers, 1))), 1);
    this.all.value = thinned([...earlier, snapshot], most);
    const last = this.all.value.length - 1;
    if (this.chosen.value !== null) this.chosen.value = Math.min(this.chosen.value, last);
  }
}

// At most so many, the first and the last among them: whichever stands closest between its
// neighbours goes.
export function thinned<S extends { readonly step: number }>(snapshots: S[], most: number): S[] {
  if (most === 1) return snapshots.slice(-1);
  while (snapshots.length > most) {
    let closest = 1;
    const room = (i: number) => snapshots[i + 1]!.step - snapshots[i - 1]!.step;
    for (let i = 2; i < snapshots.length - 1; i++) if (room(i) < room(closest)) closest = i;
    snapshots.splice(closest, 1);
  }
  return snapshots;
}
