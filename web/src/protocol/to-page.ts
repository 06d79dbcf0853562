// What the worker says to the page. An answer repeats its question's requestId; an event carries
// the runId of the run it tells of, so that news of a run put away can be told from news.
import type {
  EngineError,
  HistoryReport,
  ModelReport,
  PlanReport,
  RunInfo,
  TextReport,
} from '../engine/types';
import type { StorageProblem } from '../storage/problem';

export type Answer =
  | { type: 'opened'; requestId: number; threads: number; memoryLimit: number }
  | { type: 'inspected'; requestId: number; report: TextReport }
  | { type: 'tokenized'; requestId: number; ids: Uint32Array<ArrayBuffer>; merges: string }
  | { type: 'planned'; requestId: number; report: PlanReport }
  | { type: 'started'; requestId: number; info: RunInfo }
  | {
      type: 'loaded';
      requestId: number;
      info: RunInfo;
      history: HistoryReport;
      text: Uint8Array<ArrayBuffer>;
      corpus: { key: string; seed: number } | null; // the sample text that it is
      fingerprint: string;
    }
  | { type: 'saved'; requestId: number; bytes: Uint8Array<ArrayBuffer>; step: number }
  | { type: 'rescheduled'; requestId: number; info: RunInfo }
  | { type: 'measured'; requestId: number; flopsPerSecond: number }
  | { type: 'identified'; requestId: number; step: number; fingerprint: string }
  | { type: 'packed'; requestId: number; bytes: Uint8Array<ArrayBuffer>; step: number }
  | { type: 'model-opened'; requestId: number; model: ModelReport }
  | { type: 'generating'; requestId: number }
  | { type: 'settled'; requestId: number }
  | { type: 'refused'; requestId: number; error: EngineError };

export type Refused = Extract<Answer, { type: 'refused' }>;

// The answer each question is given when it is not refused.
export interface AnswerType {
  open: 'opened';
  inspect: 'inspected';
  tokenize: 'tokenized';
  plan: 'planned';
  start: 'started';
  load: 'loaded';
  'roll-back': 'loaded';
  save: 'saved';
  reschedule: 'rescheduled';
  measure: 'measured';
  identify: 'identified';
  pack: 'packed';
  'open-model': 'model-opened';
  generate: 'generating';
  settle: 'settled';
}

// What a token might have been. Probabilities are the model's own, before temperature, top-k and
// top-p.
export interface Alternative {
  readonly text: string;
  readonly probability: number;
}

export interface WrittenToken {
  readonly text: string; // '' while a character is incomplete
  readonly piece?: string; // the token as alternatives are written, where that is another text
  readonly probability: number;
  readonly alternatives: readonly Alternative[]; // likeliest first, the token itself among them
}

export type Phase = 'running' | 'paused' | 'done' | 'failed';

// A question that the model answered wrongly.
export interface Mistake {
  readonly prompt: string;
  readonly answer: string; // the right one
  readonly written: string; // the model's
}

// One step in numbers.
export interface StepNumbers {
  readonly step: number;
  readonly loss: number;
  readonly lr: number;
  readonly gradNorm: number;
}

// A state of the run that it can go back to: after this step, whose loss it was.
export interface EarlierState {
  readonly step: number;
  readonly loss: number; // NaN where no step has been taken
}

// A number of a step was not finite; the weights are as they were before it.
export interface Divergence {
  readonly what: 'loss' | 'gradient' | 'weight';
  readonly tensor: string; // that went first, as the engine names it; '' where that is not known
  readonly magnitude: number; // of the largest finite number by then
  readonly failed: StepNumbers; // the step that was not taken
  readonly before: readonly StepNumbers[]; // the last ones that were, oldest first
  readonly states: readonly EarlierState[]; // oldest first; the last is the present one
}

export type RunEvent =
  | { type: 'phase'; runId: number; phase: 'running'; step: number }
  | { type: 'phase'; runId: number; phase: 'paused' | 'done'; step: number; fingerprint: string }
  | {
      type: 'phase';
      runId: number;
      phase: 'failed';
      step: number;
      error: EngineError;
      divergence: Divergence | null; // where that is what stopped it
    }
  | {
      type: 'progress';
      runId: number;
      step: number;
      // one entry a step since the last message, the first for step - losses.length + 1
      losses: Float32Array;
      lrs: Float32Array;
      gradNorms: Float32Array;
      tokensPerSecond: number;
      secondsLeft: number; // NaN until it can be told
    }
  | { type: 'marked'; runId: number; step: number; fingerprint: string }
  | { type: 'evaluating'; runId: number; fraction: number }
  | { type: 'evaluated'; runId: number; step: number; trainLoss: number; valLoss: number }
  // Of a task's text: how many of its held-out questions were answered right, and one that was not.
  | {
      type: 'scored';
      runId: number;
      step: number;
      right: number;
      of: number;
      mistake: Mistake | null;
    }
  | {
      type: 'writing-began';
      runId: number;
      writingId: number;
      step: number;
      prompt: string;
      written: string; // by an earlier text, which this one goes on with
      asked: boolean; // by the reader, rather than by an evaluation
    }
  | { type: 'writing-grew'; runId: number; writingId: number; tokens: WrittenToken[] }
  | { type: 'writing-ended'; runId: number; writingId: number; error: EngineError | null }
  // A checkpoint is whole in the browser's storage; `anew` where what was there had been cleared.
  | { type: 'kept'; runId: number; id: string; step: number; anew: boolean }
  | { type: 'not-kept'; runId: number; id: string; problem: StorageProblem };

// The worker cannot go on; whoever hears it starts another.
export type Crash = { type: 'crashed'; message: string };

// What the worker holds while it lives (engine/lifeline.ts).
export type Alive = { type: 'alive'; lifeline: string };

export type ToPage = Answer | RunEvent | Crash | Alive;
