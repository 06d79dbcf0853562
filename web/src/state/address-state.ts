import { signal } from '@preact/signals';
import { fetchText, readAddress } from './fetch-text';
import { publicTexts, withoutLicence } from '../corpora/public-texts';
import { limits } from '../recipe/schema';
import type { Text } from './text-state';

const PATIENCE_MS = 30_000;

// A text on its way from an address.
export class AddressState {
  readonly open = signal(false);
  readonly entry = signal('');
  readonly problem = signal<string | null>(null);
  // What is being fetched, and how many bytes of it are here; null while nothing is.
  readonly fetching = signal<{ readonly name: string; readonly bytes: number } | null>(null);
  private stopping: AbortController | null = null;

  // Fetches the text at the address; null where that cannot be, and why is told then.
  async fetch(entry: string): Promise<Text | null> {
    this.stop();
    this.entry.value = entry;
    this.problem.value = null;
    const { url, problem } = readAddress(entry);
    if (!url) {
      this.problem.value = problem;
      return null;
    }
    const name = nameOf(url);
    const stopping = new AbortController();
    this.stopping = stopping;
    this.fetching.value = { name, bytes: 0 };
    const { bytes, problem: failure } = await fetchText(url, {
      limit: limits.max_text_bytes,
      signal: stopping.signal,
      onProgress: (bytes) => {
        if (this.stopping === stopping) this.fetching.value = { name, bytes };
      },
      fetch: (...of) => globalThis.fetch(...of),
      online: () => navigator.onLine,
      patience: PATIENCE_MS,
    });
    if (this.stopping !== stopping) return null; // stopped, or another is on its way
    this.stopping = null;
    this.fetching.value = null;
    this.problem.value = failure;
    return bytes && { name, corpus: null, bytes: bookOf(bytes) };
  }

  stop(): void {
    this.stopping?.abort();
    this.stopping = null;
    this.fetching.value = null;
  }
}

// A book of Project Gutenberg without its licence; bytes that are no UTF-8 as they are, to be
// shown so.
function bookOf(bytes: Uint8Array): Uint8Array {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    const book = withoutLicence(text);
    return book === text ? bytes : new TextEncoder().encode(book);
  } catch {
    return bytes;
  }
}

function nameOf(url: URL): string {
  const known = publicTexts.find(({ address }) => address === url.href);
  if (known) return known.name;
  const last = url.pathname.split('/').filter(Boolean).at(-1);
  return last ? decodeSafely(last) : url.host;
}

function decodeSafely(words: string): string {
  try {
    return decodeURIComponent(words);
  } catch {
    return words;
  }
}
