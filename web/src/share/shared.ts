// What a link says. Everything in it was checked when it was read.
import type { Arithmetic } from '../engine/types';
import type { Recipe } from '../recipe/recipe';
import type { OptionEntries } from '../recipe/sample-options';

// The text a run learned from. One of the user's is named by its SHA-256 and length; it travels
// itself only where the sender chose that.
export interface SharedText {
  readonly corpus: { readonly key: string; readonly seed: number | null } | null;
  readonly sha256: string | null; // base64url
  readonly bytes: number | null;
  readonly name: string | null;
  readonly content: string | null;
}

// What whoever trains the recipe compares with.
export interface SharedRun {
  readonly arithmetic: Arithmetic;
  readonly step: number;
  readonly fingerprint: string;
}

// Where writing begins, and how it goes on.
export interface SharedWriting {
  readonly prompt: string;
  readonly options: OptionEntries;
  readonly stop: string; // ends the text once it has been written; '' never does
}

export interface Shared {
  readonly recipe: Recipe;
  readonly text: SharedText;
  readonly run: SharedRun | null;
  readonly writing: SharedWriting | null;
  readonly model: Uint8Array<ArrayBuffer> | null; // as the engine packed it
}

export const noText: SharedText = {
  corpus: null,
  sha256: null,
  bytes: null,
  name: null,
  content: null,
};
