// What the page says to the worker. A question carries a requestId and is answered once; a command
// concerns the run named by its runId and is answered by events.
import type { Build } from '../engine/choose-build';
import type { Arithmetic, SampleOptions } from '../engine/types';
import type { Recipe } from '../recipe/recipe';
import type { RunCard } from '../storage/run-record';

export type Question =
  | { type: 'open'; requestId: number; build: Build }
  | { type: 'inspect'; requestId: number; bytes: Uint8Array; tokenizer: string }
  // The text's tokens, of a tokenizer of pairs of bytes.
  | { type: 'tokenize'; requestId: number; bytes: Uint8Array; tokenizer: string }
  | { type: 'plan'; requestId: number; recipe: Recipe; vocabSize: number; tokens: number }
  | {
      type: 'start';
      requestId: number;
      runId: number;
      recipe: Recipe;
      bytes: Uint8Array;
      arithmetic: Arithmetic | null; // wished for; null: the fastest that the engine has here
    }
  | { type: 'load'; requestId: number; runId: number; bytes: Uint8Array }
  // A state that the run at hand had, which the worker holds, in its place: answered by 'loaded'.
  | { type: 'roll-back'; requestId: number; runId: number; step: number }
  | { type: 'save'; requestId: number }
  | {
      type: 'reschedule';
      requestId: number;
      steps: number;
      lr: number;
      minLr: number;
      gradClip: number;
    }
  | { type: 'measure'; requestId: number; recipe: Recipe; seconds: number }
  // Which step the run is at, and the fingerprint of its weights there.
  | { type: 'identify'; requestId: number }
  // The run's model in 8 bits, and such a model in place of the run.
  | { type: 'pack'; requestId: number }
  | { type: 'open-model'; requestId: number; runId: number; bytes: Uint8Array }
  // Answered once the run, as it is now, is kept.
  | { type: 'settle'; requestId: number }
  | {
      type: 'generate';
      requestId: number;
      prompt: string;
      written: string; // after the prompt by an earlier text, which this one goes on with
      options: SampleOptions;
      stop: string; // ends the text once it has been written; '' never does
    };

export type Command =
  | { type: 'train'; runId: number }
  | { type: 'step'; runId: number }
  | { type: 'pause'; runId: number }
  // At this step the fingerprint is wanted, though the run does not rest there.
  | { type: 'mark'; runId: number; step: number }
  // From now on the run is kept in the browser's storage, where it was before unless it is new.
  | { type: 'keep'; runId: number; card: RunCard; isNew: boolean }
  | { type: 'keep-now'; runId: number }
  | { type: 'stop-writing' };

export type ToWorker = Question | Command;
