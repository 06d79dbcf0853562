// A text of the page as a link names it, and back.
import { corpora, FIRST_SEED, type Corpus } from '../corpora/corpora';
import { sha256 } from '../share/sha256';
import type { SharedText } from '../share/shared';
import type { TextHere } from '../share/verdict';
import type { Text } from './text-state';

const digests = new WeakMap<Text, Promise<string | null>>();

export function digestOf(text: Text): Promise<string | null> {
  const known = digests.get(text) ?? sha256(text.bytes);
  digests.set(text, known);
  return known;
}

export function corpusOf({ corpus, seed = FIRST_SEED }: Text): SharedText['corpus'] {
  return corpus === null ? null : { key: corpus, seed };
}

export function textHere(text: Text, digest: string | null): TextHere {
  return { name: text.name, corpus: corpusOf(text), bytes: text.bytes.length, sha256: digest };
}

// `whole`: the text itself goes along.
export async function sharedText(text: Text, whole: boolean): Promise<SharedText> {
  const corpus = corpusOf(text);
  return {
    corpus,
    sha256: await digestOf(text),
    bytes: text.bytes.length,
    name: corpus ? null : text.name,
    content:
      whole && !corpus ? new TextDecoder('utf-8', { ignoreBOM: true }).decode(text.bytes) : null,
  };
}

export function corpusFor({ corpus }: SharedText): Corpus | null {
  return corpora.find(({ key }) => key === corpus?.key) ?? null;
}

export function corpusName(key: string): string | null {
  return corpora.find((corpus) => corpus.key === key)?.name ?? null;
}
