// What the page says to the worker. A question carries a requestId and is answered once; a command
// concerns the run named by its runId and is answered by events.
import type { Build } from '../engine/choose-build';
import type { Arithmetic, SampleOptions } from '../engine/types';
import type { Recipe } from '../recipe/recipe';

export type Question =
  | { type: 'open'; requestId: number; build: Build }
  | { type: 'inspect'; requestId: number; bytes: Uint8Array; tokenizer: string }
  | { type: 'plan'; requestId: number; recipe: Recipe; vocabSize: number; tokens: number }
  | {
      type: 'start';
      requestId: number;
      runId: number;
      recipe: Recipe;
      bytes: Uint8Array;
      arithmetic: Arithmetic | null; // null: the fastest that the engine has here
    }
  | { type: 'load'; requestId: number; runId: number; bytes: Uint8Array }
  | { type: 'save'; requestId: number }
  | {
      type: 'generate';
      requestId: number;
      prompt: string;
      options: SampleOptions;
    };

export type Command =
  | { type: 'train'; runId: number }
  | { type: 'step'; runId: number }
  | { type: 'pause'; runId: number }
  | { type: 'stop-writing' };

export type ToWorker = Question | Command;
