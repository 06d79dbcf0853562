import { readOptions, withOptionLabel } from '../recipe/sample-options';
import type { EngineState } from './engine-state';
import type { Writing, WritingState } from './writing-state';

const SEEDS = 2 ** 32;

// What the reader asks the model to write.
export class WritingRequests {
  constructor(
    private readonly engine: EngineState,
    private readonly writing: WritingState,
  ) {}

  // From the prompt at hand.
  generate(): Promise<void> {
    return this.ask(this.writing.prompt.value);
  }

  // On from where a text ended.
  goOn({ prompt, text }: Writing): Promise<void> {
    return this.ask(prompt, text.value);
  }

  // The same prompt with the next seed, which is then the one at hand.
  again({ prompt }: Writing): Promise<void> {
    const seed = Number(this.writing.options.value.seed);
    if (Number.isInteger(seed)) this.writing.setOption('seed', String((seed + 1) % SEEDS));
    return this.ask(prompt);
  }

  stop(): void {
    this.engine.tell({ type: 'stop-writing' });
  }

  private async ask(prompt: string, written = ''): Promise<void> {
    const { writing } = this;
    const reading = readOptions(writing.options.value);
    if (reading.error) {
      const { name: where, message } = reading.error;
      writing.error.value = { code: 'setting', where, message };
      return;
    }
    writing.error.value = null;
    const { options } = reading;
    const stop = writing.stop.value;
    const answer = await this.engine.ask({ type: 'generate', prompt, written, options, stop });
    if (answer.type === 'refused') writing.error.value = withOptionLabel(answer.error);
  }
}
