import { computed, signal } from '@preact/signals';
import type { RunRecord } from '../storage/run-record';
import type { EngineState } from './engine-state';
import type { RunKeeper } from './run-keeper';
import type { RunLibrary } from './run-library';
import { forkName } from './run-names';
import type { RunState } from './run-state';
import type { UndoState } from './undo-state';
import type { WritingState } from './writing-state';

// To go on with a kept run, to look at what another tab keeps, or to go on from there as another.
export type Opening = 'go-on' | 'view' | 'fork';

// A record that is of interest as long as this run, or none, is the one on the page.
interface Beside {
  readonly record: RunRecord;
  readonly runId: number | undefined;
}

// What can be done with the runs in the list: open, look at, fork, delete.
export class KeptRuns {
  private readonly looking = signal<Beside | null>(null);
  private readonly refused = signal<Beside | null>(null);
  // The kept run that is only looked at: another tab has it.
  readonly viewed = computed(() => this.current(this.looking.value));
  // The kept run that was to be opened, and that another tab has.
  readonly elsewhere = computed(() => this.current(this.refused.value));

  constructor(
    private readonly engine: EngineState,
    private readonly library: RunLibrary,
    private readonly keeper: RunKeeper,
    private readonly run: RunState,
    private readonly writing: WritingState,
    private readonly undo: UndoState,
  ) {}

  // Returns whether the run is there now; if not, the one before is.
  async open(id: string, opening: Opening): Promise<boolean> {
    const { keeper } = this;
    const record = this.library.find(id);
    if (!record || keeper.busy.value !== null) return false;
    return keeper
      .working(`Opening ${record.name}`, () => this.exchange(record, opening))
      .catch(() => {
        keeper.refuse(`“${record.name}” could not be read from the browser’s storage.`);
        return false;
      });
  }

  // A run that is only looked at becomes one of its own before it is trained.
  async claim(): Promise<void> {
    const [origin, run] = [this.viewed.value, this.run.run.value];
    if (!origin || !run) return;
    this.looking.value = null;
    const { name, text } = origin;
    const forkedFrom = { name, step: this.run.step.value };
    await this.keeper.keepAsNew(run.runId, { name: forkName(name), text, forkedFrom });
  }

  // Takes a run out of the list; the present one out of the engine as well.
  async delete(id: string): Promise<void> {
    const { keeper, library } = this;
    await keeper.idle();
    const record = library.find(id);
    if (!record) return;
    const open = library.openId.value === id;
    if (open) keeper.pause();
    const putBack = open ? await keeper.remember() : null;
    if (!(await library.delete(id))) {
      keeper.refuse(`“${record.name}” is open in another tab; delete it there.`);
      return;
    }
    if (open) keeper.putAway();
    this.undo.offer({
      label: `“${record.name}” was deleted.`,
      restore: async () => {
        await library.restore(id);
        await putBack?.restore();
      },
      lapse: () => void library.purge(id),
    });
  }

  dismiss(): void {
    this.refused.value = null;
  }

  private async exchange(record: RunRecord, opening: Opening): Promise<boolean> {
    const { engine, keeper, library } = this;
    const { id, name } = record;
    const hold = opening === 'go-on' ? await library.lock.acquire(id) : null;
    if (opening === 'go-on' && !hold) {
      this.refused.value = { record, runId: this.runId };
      return false;
    }
    const present = id === library.openId.value; // lost with its engine, or about to be forked
    const putBack = await keeper.remember();
    const file = await library.checkpoint(id);
    if (!file) keeper.refuse(`The browser no longer has the weights of “${name}”.`);
    const runId = file && (await keeper.load(file, record.text));
    if (runId === null) {
      if (!present) hold?.release();
      return false;
    }
    const writings = await library.writings(id);
    this.writing.restore(writings.filter(({ step }) => step <= this.run.step.value));
    library.take(hold && id, hold);
    if (hold) engine.tell({ type: 'keep', runId, card: record, isNew: false });
    else this.looking.value = { record, runId: this.runId };
    if (opening === 'fork') await this.claim();
    if (!present || opening === 'fork') this.undo.offer(putBack);
    return true;
  }

  private get runId(): number | undefined {
    return this.run.run.value?.runId;
  }

  private current(beside: Beside | null): RunRecord | null {
    return beside && beside.runId === this.runId ? beside.record : null;
  }
}
