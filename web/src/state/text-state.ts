import { signal } from '@preact/signals';
import { corpusOf, FIRST_SEED, makeText, type Corpus } from '../corpora/corpora';
import type { EngineError, TextReport } from '../engine/types';
import { limits } from '../recipe/schema';
import type { Reading } from '../text/readings';
import type { EngineState } from './engine-state';
import { formatBytes } from './format';
import { joinParts, readParts, type Part } from './join-files';

export interface Text {
  readonly name: string;
  readonly corpus: string | null; // the key of the sample corpus it is
  readonly seed?: number; // what the sample was made from
  readonly parts?: readonly string[]; // the files that it was joined from, in their order
  readonly bytes: Uint8Array;
}

// A text that was not taken, and how it is offered again once its bytes are mended.
export interface RefusedText {
  readonly bytes: Uint8Array;
  readonly offer: (mended: Uint8Array, how: string) => Promise<boolean>;
}

interface Refusal {
  readonly error: EngineError;
  readonly refused: RefusedText | null;
}

// What is told of a text that the engine refuses.
type Explain = (error: EngineError) => Refusal | Promise<Refusal>;

// What a sample text is called.
export function sampleName(of: { key: string; seed: number } | null): Omit<Text, 'bytes'> | null {
  const corpus = corpusOf(of?.key ?? null);
  return of && corpus && { name: corpus.name, corpus: corpus.key, seed: of.seed };
}

// The same, told from other texts of its corpus.
export function titleOf({ name, seed = FIRST_SEED }: Text): string {
  return seed === FIRST_SEED ? name : `${name}, seed ${seed}`;
}

const DEFAULT_TOKENIZER = 'char';

// The text that the next run learns from.
export class TextState {
  readonly text = signal<Text | null>(null);
  readonly report = signal<TextReport | null>(null); // null until the engine has looked
  readonly reading = signal<string | null>(null); // name of a text on its way in
  readonly error = signal<EngineError | null>(null);
  readonly refused = signal<RefusedText | null>(null); // what the error is about
  private tokenizer = DEFAULT_TOKENIZER;
  private asked = 0;

  constructor(private readonly engine: EngineState) {}

  // The text takes the place of the present one if the engine finds nothing wrong with it; else
  // the present one stays. Returns whether it did.
  offer(text: Text): Promise<boolean> {
    return this.take(text, (error) => this.refusalOf(text, error));
  }

  offerCorpus(corpus: Corpus, seed = FIRST_SEED): Promise<boolean> {
    const bytes = new TextEncoder().encode(makeText({ corpus, seed }));
    return this.offer({ ...sampleName({ key: corpus.key, seed })!, bytes });
  }

  async offerFile(file: File): Promise<boolean> {
    const { max_text_bytes: limit } = limits;
    if (file.size > limit) {
      this.refuse(
        `“${file.name}” has ${formatBytes(file.size)}; a text may have up to ${formatBytes(limit)}.`,
      );
      return false;
    }
    this.reading.value = file.name;
    try {
      const bytes = new Uint8Array(await file.arrayBuffer());
      return await this.offer({ name: file.name, corpus: null, bytes });
    } catch {
      this.reading.value = null;
      this.refuse(
        `“${file.name}” could not be read; the text before is kept. It may have changed meanwhile: choose it again.`,
      );
      return false;
    }
  }

  // Several files, joined into one text.
  async offerFiles(files: readonly File[]): Promise<boolean> {
    this.reading.value = `${files.length} files`;
    const parts = await readParts(files);
    if (typeof parts !== 'string') return this.offerParts(parts);
    this.reading.value = null;
    this.refuse(parts);
    return false;
  }

  // The refused text in another reading of its bytes.
  async offerReading({ read, name }: Reading): Promise<boolean> {
    const refused = this.refused.value;
    if (!refused) return false;
    return refused.offer(new TextEncoder().encode(read(refused.bytes)), name);
  }

  // Looks at the present text again, as the tokenizer has it. One on its way in is seen to by
  // inspect().
  async useTokenizer(tokenizer: string): Promise<void> {
    if (tokenizer === this.tokenizer) return;
    this.tokenizer = tokenizer;
    if (!this.text.value || this.reading.value !== null) return;
    await this.inspect(this.text.value, (error) => ({ error, refused: null }));
  }

  // Looks at the present text once more, where an engine that did not come could not.
  async lookAgain(): Promise<void> {
    const text = this.text.value;
    if (text && !this.report.value) await this.inspect(text, (error) => ({ error, refused: null }));
  }

  refuse(message: string): void {
    this.error.value = { code: 'text', where: '', message };
    this.refused.value = null;
  }

  private async take(text: Text, explain: Explain): Promise<boolean> {
    this.reading.value = text.name;
    // Before there is any text, this one is shown while the engine still loads.
    if (!this.text.value) this.text.value = text;
    if (!(await this.inspect(text, explain))) return false;
    this.text.value = text;
    return true;
  }

  private refusalOf(text: Text, error: EngineError): Refusal {
    const offer = (bytes: Uint8Array, how: string) =>
      this.offer({ ...text, name: `${text.name}, ${how}`, bytes });
    return { error, refused: { bytes: text.bytes, offer } };
  }

  private offerParts(parts: readonly Part[]): Promise<boolean> {
    const text = joinParts(parts);
    return this.take(
      text,
      async (error) => (await this.blame(parts)) ?? this.refusalOf(text, error),
    );
  }

  // Says which of the files it is that makes their text unfit; null where each alone is fine.
  private async blame(parts: readonly Part[]): Promise<Refusal | null> {
    for (const [i, { name, bytes }] of parts.entries()) {
      if (bytes.length === 0) continue;
      const { error } = await this.look(bytes);
      if (!error.code) continue;
      const offer = (mended: Uint8Array) =>
        this.offerParts(parts.map((part, j) => (j === i ? { name, bytes: mended } : part)));
      return {
        error: { ...error, message: `“${name}”: ${error.message}` },
        refused: { bytes, offer },
      };
    }
    return null;
  }

  // What is wrong is told once it is known whose fault it is.
  private async inspect(text: Text, explain: Explain): Promise<boolean> {
    const asked = ++this.asked;
    const { tokenizer } = this;
    const { error, report } = await this.look(text.bytes);
    const refusal = report ? null : await explain(error);
    if (asked !== this.asked) return false; // another text came meanwhile
    if (tokenizer !== this.tokenizer) return this.inspect(text, explain);
    this.reading.value = null;
    this.error.value = refusal?.error ?? null;
    this.refused.value = refusal?.refused ?? null;
    if (report) this.report.value = report;
    return report !== null;
  }

  private async look(
    bytes: Uint8Array,
  ): Promise<{ error: EngineError; report: TextReport | null }> {
    const answer = await this.engine.ask({ type: 'inspect', bytes, tokenizer: this.tokenizer });
    if (answer.type === 'refused') return { error: answer.error, report: null };
    const { report } = answer;
    return { error: report.error, report: report.error.code ? null : report };
  }
}
