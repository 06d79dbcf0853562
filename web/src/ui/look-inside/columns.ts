import { shownToken } from '../../state/words';

interface Named {
  readonly tokens: readonly string[]; // that are looked at
  readonly vocabulary: readonly string[];
}

// What a column of a tensor is: a token where it is one of them, else its number.
export function columnName(key: string, at: number, { tokens, vocabulary }: Named): string {
  if (key === 'logits') return shownToken(vocabulary[at] ?? '');
  if (key === 'losses' || key === 'attn.att' || /^ln_\w+\.(mean|rstd)$/.test(key))
    return tokens[at] ?? String(at);
  return String(at);
}
