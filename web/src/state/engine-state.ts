import { signal } from '@preact/signals';
import { canRun, plainerThan, type Build } from '../engine/choose-build';
import { EngineClient, type WorkerPort } from '../engine/client';
import type { RunEvent } from '../protocol/to-page';

const NO_SIMD =
  'this browser has no WebAssembly with SIMD, of which the engine is made. Switch it on where it was switched ' +
  'off, or use Chrome or Edge 91, Firefox 89, Safari 16.4 or a newer one';

export type EngineStatus =
  | { name: 'loading' }
  // `instead`: why it is not the build that was chosen, where it is not.
  | { name: 'ready'; threads: number; memoryLimit: number; instead?: string }
  | { name: 'failed'; message: string };

// The engine as the page sees it: loading, ready or failed. A crash is answered with a new worker; a
// build that cannot be loaded with the plainest one; a worker that never became ready is not tried again
// unasked.
export class EngineState {
  readonly status = signal<EngineStatus>({ name: 'loading' });
  private readonly client: EngineClient;
  private opening: Promise<void> = Promise.resolve();
  private attempts = 0;

  constructor(
    spawn: () => WorkerPort,
    private build: Build,
    onEvent: (event: RunEvent) => void,
    private readonly onCrash: (message: string) => void,
  ) {
    this.client = new EngineClient(spawn, { onEvent, onCrash: (message) => this.recover(message) });
  }

  // Anew where it is open; with another build where one is given.
  open(build = this.build): Promise<void> {
    this.build = build;
    this.opening = this.attempt(build);
    return this.opening;
  }

  private async attempt(build: Build, instead?: string): Promise<void> {
    const attempt = ++this.attempts;
    this.status.value = { name: 'loading' };
    this.client.restart();
    const answer = await this.client.ask({ type: 'open', build });
    if (attempt !== this.attempts) return; // it was opened anew meanwhile
    if (answer.type === 'opened') {
      const { threads, memoryLimit } = answer;
      this.status.value = { name: 'ready', threads, memoryLimit, ...(instead && { instead }) };
      return;
    }
    const { message } = answer.error;
    const plainer = plainerThan(build);
    if (plainer) return this.attempt(plainer, message);
    this.status.value = { name: 'failed', message: (await canRun()) ? message : NO_SIMD };
  }

  ready(): Promise<void> {
    return this.opening;
  }

  // Waits until the engine is there.
  readonly ask: EngineClient['ask'] = async (question, transfer) => {
    await this.opening;
    return this.client.ask(question, transfer);
  };

  tell: EngineClient['tell'] = (command) => this.client.tell(command);

  private recover(message: string): void {
    // While it is opened, the attempt sees to it.
    if (this.status.value.name !== 'ready') return;
    this.onCrash(message);
    void this.open();
  }
}
