import { signal } from '@preact/signals';
import type { Corpus } from '../corpora/corpora';
import type { EngineError, TextReport } from '../engine/types';
import { limits } from '../recipe/schema';
import type { EngineState } from './engine-state';
import { formatBytes } from './format';

export interface Text {
  readonly name: string;
  readonly corpus: string | null; // the key of the sample corpus it is
  readonly bytes: Uint8Array;
}

const DEFAULT_TOKENIZER = 'char';

// The text that the next run learns from.
export class TextState {
  readonly text = signal<Text | null>(null);
  readonly report = signal<TextReport | null>(null); // null until the engine has looked
  readonly reading = signal<string | null>(null); // name of a text on its way in
  readonly error = signal<EngineError | null>(null);
  private tokenizer = DEFAULT_TOKENIZER;
  private asked = 0;

  constructor(private readonly engine: EngineState) {}

  // The text takes the place of the present one if the engine finds nothing wrong with it; else
  // the present one stays. Returns whether it did.
  async offer(text: Text): Promise<boolean> {
    this.reading.value = text.name;
    // Before there is any text, this one is shown while the engine still loads.
    if (!this.text.value) this.text.value = text;
    if (!(await this.inspect(text))) return false;
    this.text.value = text;
    return true;
  }

  offerCorpus(corpus: Corpus): Promise<boolean> {
    const bytes = new TextEncoder().encode(corpus.make());
    return this.offer({ name: corpus.name, corpus: corpus.key, bytes });
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
      this.refuse(`“${file.name}” could not be read; the text before is kept.`);
      return false;
    }
  }

  // Looks at the present text again, as the tokenizer has it. One on its way in is seen to by
  // inspect().
  async useTokenizer(tokenizer: string): Promise<void> {
    if (tokenizer === this.tokenizer) return;
    this.tokenizer = tokenizer;
    if (this.text.value && this.reading.value === null) await this.inspect(this.text.value);
  }

  refuse(message: string): void {
    this.error.value = { code: 'text', where: '', message };
  }

  private async inspect(text: Text): Promise<boolean> {
    const asked = ++this.asked;
    const { tokenizer } = this;
    const answer = await this.engine.ask({ type: 'inspect', bytes: text.bytes, tokenizer });
    if (asked !== this.asked) return false; // another text came meanwhile
    if (tokenizer !== this.tokenizer) return this.inspect(text);
    this.reading.value = null;
    const error = answer.type === 'refused' ? answer.error : answer.report.error;
    this.error.value = error.code ? error : null;
    if (answer.type === 'refused' || error.code) return false;
    this.report.value = answer.report;
    return true;
  }
}
