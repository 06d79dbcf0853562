// What the worker says to the page. An answer repeats its question's requestId; an event carries
// the runId of the run it tells of, so that news of a run put away can be told from news.
import type { EngineError, HistoryReport, PlanReport, RunInfo, TextReport } from '../engine/types';

export type Answer =
  | { type: 'opened'; requestId: number; threads: number; memoryLimit: number }
  | { type: 'inspected'; requestId: number; report: TextReport }
  | { type: 'planned'; requestId: number; report: PlanReport }
  | { type: 'started'; requestId: number; info: RunInfo }
  | {
      type: 'loaded';
      requestId: number;
      info: RunInfo;
      history: HistoryReport;
      text: Uint8Array<ArrayBuffer>;
      fingerprint: string;
    }
  | { type: 'saved'; requestId: number; bytes: Uint8Array<ArrayBuffer>; step: number }
  | { type: 'generating'; requestId: number }
  | { type: 'refused'; requestId: number; error: EngineError };

export type Refused = Extract<Answer, { type: 'refused' }>;

// The answer each question is given when it is not refused.
export interface AnswerType {
  open: 'opened';
  inspect: 'inspected';
  plan: 'planned';
  start: 'started';
  load: 'loaded';
  save: 'saved';
  generate: 'generating';
}

export type Phase = 'running' | 'paused' | 'done' | 'failed';

export type RunEvent =
  | { type: 'phase'; runId: number; phase: 'running'; step: number }
  | { type: 'phase'; runId: number; phase: 'paused' | 'done'; step: number; fingerprint: string }
  | { type: 'phase'; runId: number; phase: 'failed'; step: number; error: EngineError }
  | {
      type: 'progress';
      runId: number;
      step: number;
      // one entry a step since the last message, the first for step - losses.length + 1
      losses: Float32Array;
      lr: number;
      gradNorm: number;
      tokensPerSecond: number;
      secondsLeft: number; // NaN until it can be told
    }
  | { type: 'evaluating'; runId: number; fraction: number }
  | { type: 'evaluated'; runId: number; step: number; trainLoss: number; valLoss: number }
  | {
      type: 'writing-began';
      runId: number;
      writingId: number;
      step: number;
      prompt: string;
      asked: boolean; // by the reader, rather than by an evaluation
    }
  | { type: 'writing-grew'; runId: number; writingId: number; text: string }
  | { type: 'writing-ended'; runId: number; writingId: number; error: EngineError | null };

// The worker cannot go on; whoever hears it starts another.
export type Crash = { type: 'crashed'; message: string };

export type ToPage = Answer | RunEvent | Crash;
