import type { Engine, EngineSession, RunInfo } from '../engine/types';
import type { RunEvent } from '../protocol/to-page';
import { summarise } from '../storage/checkpoint';
import type { HeldState } from '../storage/held-state';
import { problemOf, storageProblem } from '../storage/problem';
import type { RunCard } from '../storage/run-record';
import type { RunStore } from '../storage/run-store';

// A run that is trained is kept this often, so that a lost tab costs no more than ten seconds.
const EVERY_MS = 8000;
// An evaluation is a good moment, but there may be many of them in a second.
const AFTER_EVALUATION_MS = 3000;
// Where one checkpoint takes long, there are fewer: keeping costs a twentieth of the time at most.
const COST_SHARE = 20;

export type Moment = 'step' | 'evaluation' | 'rest';

export interface KeeperSurroundings {
  readonly store: Pick<RunStore, 'keep' | 'keepEarlier'>;
  readonly post: (event: RunEvent) => void;
  readonly clock: () => number; // ms
}

interface Target {
  readonly card: RunCard;
  readonly runId: number;
  isNew: boolean; // until it has been kept
}

interface Writing {
  readonly target: Target;
  readonly training: boolean;
  readonly file: Uint8Array;
  readonly earlier: readonly HeldState[] | null; // to be kept beside it, where they are known anew
}

// Keeps one run: takes its checkpoint between two steps, which is quick, and writes it while
// training goes on. One is being written at a time, and one may wait, the newest.
export class Checkpointer {
  private target: Target | null = null;
  private takenAt = -Infinity; // when the last checkpoint was taken
  private cost = 0; // ms that taking it took
  private waiting: Writing | null = null;
  private working: Promise<void> | null = null;

  constructor(
    private readonly session: EngineSession,
    private readonly around: KeeperSurroundings,
  ) {}

  // From now on this run, if there is the memory to save it beside itself.
  follow(target: Target, engine: Engine, threads: number): void {
    this.target = null;
    if (!fits(this.session.info(), engine, threads)) {
      const { card, runId } = target;
      const problem = storageProblem('large');
      this.around.post({ type: 'not-kept', runId, id: card.id, problem });
      return;
    }
    this.target = target;
    this.takenAt = this.around.clock(); // a run that lives for a moment only is not kept
  }

  forget(): void {
    this.target = null;
  }

  // Called between two pieces of work; where a run went wrong, or is done, with the earlier states
  // that it can go back to.
  consider(moment: Moment, training: boolean, earlier: readonly HeldState[] | null = null): void {
    if (!this.target || (moment !== 'rest' && this.working)) return;
    const age = this.around.clock() - this.takenAt;
    const needed = moment === 'evaluation' ? AFTER_EVALUATION_MS : EVERY_MS;
    if (moment === 'rest' || age >= Math.max(needed, this.cost * COST_SHARE)) {
      this.take(training, earlier);
    }
  }

  // When all that was taken has been written, or has failed to be.
  async settle(): Promise<void> {
    while (this.working) await this.working;
  }

  private take(training: boolean, earlier: readonly HeldState[] | null): void {
    const startedAt = this.around.clock();
    const { error, bytes } = this.session.save();
    this.takenAt = this.around.clock();
    this.cost = this.takenAt - startedAt;
    if (error.code) return;
    earlier ??= this.waiting?.earlier ?? null;
    this.waiting = { target: this.target!, training, file: bytes, earlier };
    this.working ??= this.write();
  }

  private async write(): Promise<void> {
    for (let next = this.waiting; next; next = this.waiting) {
      this.waiting = null;
      await this.writeOne(next);
    }
    this.working = null;
  }

  private async writeOne({ target, training, file, earlier }: Writing): Promise<void> {
    const { store, post } = this.around;
    const { card, runId } = target;
    const { id } = card;
    try {
      const summary = summarise(file);
      if (!summary) throw new Error('the engine saved what cannot be read');
      const kept = { ...summary, at: Date.now(), bytes: file.length, training };
      const found = await store.keep(card, kept, file);
      const anew = !found && !target.isNew; // the browser had cleared it
      target.isNew = false;
      // The run is kept, whether there is room for these or not.
      if (earlier) await store.keepEarlier(id, earlier).catch(() => undefined);
      post({ type: 'kept', runId, id, step: summary.step, anew });
    } catch (reason) {
      const problem = problemOf(reason);
      // What is never granted is not asked for again.
      if (problem.kind !== 'full' && problem.kind !== 'failed') this.forget();
      post({ type: 'not-kept', runId, id, problem });
    }
  }
}

const FLOAT_BYTES = 4;
const FILE_FLOATS = 3; // a weight and its two moments

// Whether the engine has room for the file of a run beside the run itself.
export function fits(info: RunInfo, engine: Engine, threads: number): boolean {
  const {
    recipe_json: recipe,
    vocab_size,
    train_tokens,
    val_tokens,
    parameters,
    text_bytes,
  } = info;
  const plan = engine.planRecipe(recipe, vocab_size, train_tokens + val_tokens, threads);
  const file = parameters * FILE_FLOATS * FLOAT_BYTES + text_bytes;
  return plan.total_bytes + file <= engine.memoryLimit();
}
