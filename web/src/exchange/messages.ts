// What the page asks the exchange's worker, one question each, and what that answers.
import type { EngineError } from '../engine/types';

export type ExportFormat = 'hf' | 'gguf' | 'nanogpt';
// What the numbers of a gguf's matrices are.
export type GgufType = 'f32' | 'f16' | 'q8_0';

export interface NamedFile {
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

// How a model that comes is adapted; a rank of 0 trains all of it.
export interface Lora {
  readonly rank: number;
  readonly alpha: number;
}

export type ExchangeQuestion =
  // A run's file for other programs; what is written is called `name`, with an ending.
  | {
      readonly type: 'export';
      readonly run: Uint8Array;
      readonly format: ExportFormat;
      readonly dtype: GgufType; // of a gguf
      readonly name: string;
    }
  // A run that begins with the model in these files, and learns the text.
  | {
      readonly type: 'import';
      readonly files: readonly NamedFile[];
      readonly text: Uint8Array;
      readonly lora: Lora;
    };

export type ExchangeAnswer =
  | { readonly type: 'exported'; readonly file: NamedFile }
  | { readonly type: 'imported'; readonly run: Uint8Array<ArrayBuffer> }
  | { readonly type: 'refused'; readonly error: EngineError };
