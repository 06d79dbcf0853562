import { signal } from '@preact/signals';
import type { Build } from '../engine/choose-build';
import { EngineClient, type WorkerPort } from '../engine/client';
import type { RunEvent } from '../protocol/to-page';

export type EngineStatus =
  | { name: 'loading' }
  | { name: 'ready'; threads: number; memoryLimit: number }
  | { name: 'failed'; message: string };

// The engine as the page sees it: loading, ready or failed. A crash is answered with a new worker;
// a worker that never became ready is not tried again unasked.
export class EngineState {
  readonly status = signal<EngineStatus>({ name: 'loading' });
  private readonly client: EngineClient;
  private opening: Promise<void> = Promise.resolve();

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
    this.status.value = { name: 'loading' };
    this.client.restart();
    this.opening = this.client.ask({ type: 'open', build: this.build }).then((answer) => {
      this.status.value =
        answer.type === 'opened'
          ? { name: 'ready', threads: answer.threads, memoryLimit: answer.memoryLimit }
          : { name: 'failed', message: answer.error.message };
    });
    return this.opening;
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
    if (this.status.value.name !== 'ready') {
      this.status.value = { name: 'failed', message };
      return;
    }
    this.onCrash(message);
    void this.open();
  }
}
