import type { EngineSession } from '../engine/types';
import type { EarlierState } from '../protocol/to-page';
import type { HeldState } from '../storage/held-state';

const MOST_STATES = 6;
// What they take together, and one of them: a run whose state is larger has none.
const MOST_BYTES = 64_000_000;
const MOST_STATE_BYTES = MOST_BYTES / 4;
// So often at most, and so that taking them costs no more than a fiftieth of the time.
const EVERY_MS = 2000;
const COST_SHARE = 50;

// Some states that a run has had, in memory, so that it can go back from where it went wrong: the
// one it began with, and others, the farther back the farther apart.
export class EarlierStates {
  private held: readonly HeldState[] = [];
  private takenAt = -Infinity; // ms
  private cost = 0; // ms that taking one took

  constructor(
    private readonly session: Pick<EngineSession, 'save'>,
    private readonly clock: () => number,
    private fits: boolean, // whether the engine has room for a file of the run beside it
  ) {}

  get states(): EarlierState[] {
    return this.held.map(({ step, loss }) => ({ step, loss }));
  }

  // With their files: what outlives the tab.
  get files(): readonly HeldState[] {
    return this.held;
  }

  // Those that were kept of an earlier tab, as far as they are older than what is held.
  recall(kept: readonly HeldState[]): void {
    if (!this.fits) return;
    const first = this.held[0]?.step ?? Infinity;
    const older = kept.filter(({ step, file }) => step < first && file.length <= MOST_STATE_BYTES);
    this.hold([...older.sort((a, b) => a.step - b.step), ...this.held]);
  }

  // Called between two steps; `loss` is that of the last.
  consider(step: number, loss: number): void {
    if (!this.fits || this.held.at(-1)?.step === step) return;
    const age = this.clock() - this.takenAt;
    if (age < Math.max(EVERY_MS, this.cost * COST_SHARE)) return;
    const startedAt = this.clock();
    const { error, bytes } = this.session.save();
    this.takenAt = this.clock();
    this.cost = this.takenAt - startedAt;
    if (error.code) return;
    this.fits = bytes.length <= MOST_STATE_BYTES;
    if (this.fits) this.hold([...this.held, { step, loss, file: bytes }]);
  }

  // The file of a state; those after it are given up. Null where there is none of that step.
  goBackTo(step: number): Uint8Array | null {
    const at = this.held.findIndex((state) => state.step === step);
    if (at < 0) return null;
    this.held = this.held.slice(0, at + 1);
    return this.held[at]!.file;
  }

  // As many of them as there is room for.
  private hold(states: HeldState[]): void {
    while (states.length > MOST_STATES || bytesOf(states) > MOST_BYTES) thin(states);
    this.held = states;
  }
}

function bytesOf(states: readonly HeldState[]): number {
  return states.reduce((sum, { file }) => sum + file.length, 0);
}

// Gives up the one whose neighbours lie closest, for how long ago it was; never first or last.
function thin(states: HeldState[]): void {
  const last = states.at(-1)!.step;
  const gap = (i: number) => {
    const [before, after] = [states[i - 1]!.step, states[i + 1]!.step];
    return (after - before) / (last - before);
  };
  let least = 1;
  for (let i = 2; i < states.length - 1; i++) if (gap(i) < gap(least)) least = i;
  states.splice(least, 1);
}
