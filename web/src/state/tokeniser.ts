import { piecesOf, type PairTokens } from '../text/pairs';
import type { EngineState } from './engine-state';

// Finds the tokens of a text where they are pairs of bytes. Rejects with a sentence.
export type Tokeniser = (bytes: Uint8Array, tokenizer: string) => Promise<PairTokens>;

export function tokeniserOf(engine: EngineState): Tokeniser {
  return async (bytes, tokenizer) => {
    const answer = await engine.ask({ type: 'tokenize', bytes, tokenizer });
    if (answer.type === 'refused') throw new Error(answer.error.message);
    return { ids: answer.ids, pieces: piecesOf(answer.merges) };
  };
}
