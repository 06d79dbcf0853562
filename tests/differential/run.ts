// What a run was, whichever side took it.
import type { Event } from '../engine/cli/run';

export interface Told {
  /** Each step's and each evaluation's figures, every digit of them. */
  readonly figures: readonly string[];
  /** A step that could not be taken, and after which one. */
  readonly stopped: boolean;
}

export interface Run extends Told {
  /** The run's file: weights, moments, history, recipe and text. */
  readonly file: Buffer;
}

/** One that was not begun: the sentence that says why not. */
export interface Refusal {
  readonly refused: string;
}

export const isRefusal = (run: object): run is Refusal => 'refused' in run;

type StepFigures = { step: number; loss: number; lr: number; grad_norm: number };
type EvalFigures = { step: number; train_loss: number | null; val_loss: number | null };

export const stepFigures = ({ step, loss, lr, grad_norm: norm }: StepFigures): string =>
  `step ${step}: loss ${loss}, lr ${lr}, norm ${norm}`;

// JSON has no word for what is not a number: a loss that is none, or of nothing held out.
const orNull = (loss: number | null) => (Number.isFinite(loss) ? loss : null);

export const evalFigures = ({ step, train_loss: train, val_loss: val }: EvalFigures): string =>
  `step ${step}: training ${orNull(train)}, validation ${orNull(val)}`;

/** The figures among the events of a command. */
export function figuresOf(events: readonly Event[]): string[] {
  return events.flatMap((event) => {
    if (event.event === 'step') return [stepFigures(event as unknown as StepFigures)];
    return event.event === 'eval' ? [evalFigures(event as unknown as EvalFigures)] : [];
  });
}
