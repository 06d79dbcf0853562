import { batch, computed, signal } from '@preact/signals';
import type { EngineError, RunInfo } from '../engine/types';
import type { Divergence, Phase, RunEvent } from '../protocol/to-page';
import type { Recipe } from '../recipe/recipe';
import { readPastSchedules } from '../recipe/schedule';
import { recipeFrom } from '../recipe/schema';
import { divergenceSentence } from './divergence-words';
import { RunCurves } from './run-curves';
import type { Evaluation } from './series';
import type { Text } from './text-state';

// A loss in nats a token, as bits of each byte that the held-out tokens stand for.
export function bitsPerByte(loss: number, info: Pick<RunInfo, 'val_tokens' | 'val_bytes'>): number {
  return (loss * info.val_tokens) / info.val_bytes / Math.LN2;
}

export interface RunSummary {
  readonly runId: number;
  readonly text: Text;
  readonly recipe: Recipe;
  readonly info: RunInfo; // as the run began, was loaded or was given another schedule
}

export interface Pace {
  readonly tokensPerSecond: number;
  readonly secondsLeft: number;
}

// The run being trained, as told by the worker's events.
export class RunState {
  readonly run = signal<RunSummary | null>(null);
  readonly phase = signal<'none' | 'starting' | Phase>('none');
  // Whether the worker still holds the model: not after a crash.
  readonly alive = signal(false);
  // A model without a run that the worker holds instead, as it came.
  readonly lone = signal<Uint8Array | null>(null);
  readonly step = signal(0);
  readonly pace = signal<Pace | null>(null);
  readonly trainLoss = signal<number | null>(null); // running mean over some steps
  readonly evaluation = signal<Evaluation | null>(null);
  readonly evaluating = signal<number | null>(null); // fraction done
  readonly fingerprint = signal<string | null>(null);
  readonly error = signal<EngineError | null>(null);
  readonly divergence = signal<Divergence | null>(null); // where that is what stopped it
  readonly version = signal(0); // counts changes of the curves
  readonly skipped = computed(() => (this.version.value, this.curves.skipped)); // steps
  readonly steps = computed(() => this.run.value?.info.steps ?? 0);
  readonly pastSchedules = computed(() =>
    readPastSchedules(this.run.value?.info.past_schedules_json ?? '[]'),
  );
  // Of the validation loss: comparable whatever a token is.
  readonly bitsPerByte = computed(() => {
    const [info, loss] = [this.run.value?.info, this.evaluation.value?.valLoss];
    return info && loss !== undefined ? bitsPerByte(loss, info) : null;
  });
  readonly progress = computed(() =>
    this.steps.value > 0 ? Math.min(this.step.value / this.steps.value, 1) : 0,
  );
  curves = new RunCurves();

  // A new run; the command that sets it going is on its way.
  begin(run: RunSummary): void {
    batch(() => {
      this.clear();
      this.run.value = run;
      this.alive.value = true;
      this.step.value = run.info.step;
      this.phase.value = 'starting';
    });
  }

  // The run goes on by another schedule.
  reschedule(info: RunInfo): void {
    const run = this.run.value;
    if (run) this.run.value = { ...run, info, recipe: recipeFrom(info.recipe_json) };
  }

  // A run from a file, with what became of it so far.
  restore(run: RunSummary, curves: RunCurves, fingerprint: string): void {
    batch(() => {
      this.begin(run);
      this.phase.value = run.info.step >= run.info.steps ? 'done' : 'paused';
      this.curves = curves;
      this.trainLoss.value = curves.shownLoss;
      this.evaluation.value = curves.evaluations.last;
      this.fingerprint.value = fingerprint;
    });
  }

  clear(): void {
    batch(() => {
      this.curves = new RunCurves();
      this.run.value = null;
      this.alive.value = false;
      this.lone.value = null;
      this.phase.value = 'none';
      this.step.value = 0;
      this.pace.value = null;
      this.trainLoss.value = null;
      this.evaluation.value = null;
      this.evaluating.value = null;
      this.fingerprint.value = null;
      this.error.value = null;
      this.divergence.value = null;
      this.version.value++;
    });
  }

  crashed(message: string): void {
    batch(() => {
      this.alive.value = false;
      this.evaluating.value = null;
      this.fingerprint.value = null;
      this.error.value = { code: 'crash', where: '', message };
      this.phase.value = 'failed';
    });
  }

  receive(event: RunEvent): void {
    if (event.runId !== this.run.value?.runId) return;
    batch(() => {
      if (event.type === 'phase') this.enter(event);
      else if (event.type === 'progress') this.advance(event);
      else if (event.type === 'evaluating') {
        this.evaluating.value = event.fraction;
      } else if (event.type === 'evaluated') {
        this.evaluating.value = null;
        const { step, trainLoss, valLoss } = event;
        this.evaluation.value = { step, trainLoss, valLoss };
        this.curves.evaluations.push(this.evaluation.value);
        this.version.value++;
      }
    });
  }

  private enter(event: Extract<RunEvent, { type: 'phase' }>): void {
    this.phase.value = event.phase;
    this.step.value = event.step;
    this.fingerprint.value = 'fingerprint' in event ? event.fingerprint : null;
    this.divergence.value = event.phase === 'failed' ? event.divergence : null;
    this.error.value = event.phase === 'failed' ? event.error : null;
    const { value: divergence } = this.divergence;
    if (divergence && this.error.value)
      this.error.value = { ...this.error.value, message: divergenceSentence(divergence) };
    if (event.phase !== 'running') this.evaluating.value = null;
  }

  private advance(event: Extract<RunEvent, { type: 'progress' }>): void {
    const { losses, lrs, gradNorms } = event;
    this.curves.addSteps(event.step - losses.length + 1, losses, lrs, gradNorms);
    this.trainLoss.value = this.curves.shownLoss;
    this.step.value = event.step;
    this.fingerprint.value = null; // it was that of an earlier step
    const { tokensPerSecond, secondsLeft } = event;
    this.pace.value = { tokensPerSecond, secondsLeft };
    this.version.value++;
  }
}
