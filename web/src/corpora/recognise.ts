import { corpora, FIRST_SEED, LAST_SEED, makeText, type CorpusSeed } from './corpora';

const BEGINNING = 1024; // bytes, more than any first passage has

// Which sample text these bytes are, if they are one: its generator is asked for it again. So a text
// that comes out of a file or a link needs no note of where it came from.
export function recogniseText(bytes: Uint8Array): CorpusSeed | null {
  const beginning = new TextDecoder().decode(bytes.subarray(0, BEGINNING));
  for (const corpus of corpora) {
    if (!corpus.form.test(beginning)) continue;
    for (let seed = FIRST_SEED; seed <= LAST_SEED; seed++) {
      if (beginning.startsWith(firstPassage({ corpus, seed })) && isText({ corpus, seed }, bytes)) {
        return { corpus, seed };
      }
    }
  }
  return null;
}

function firstPassage({ corpus, seed }: CorpusSeed): string {
  for (const passage of corpus.passages(seed)) return passage;
  return '';
}

function isText(of: CorpusSeed, bytes: Uint8Array): boolean {
  const text = new TextEncoder().encode(makeText(of));
  return text.length === bytes.length && text.every((byte, i) => byte === bytes[i]);
}
