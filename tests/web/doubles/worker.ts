import type { WorkerPort } from '../../../web/src/engine/client';
import type { Engine } from '../../../web/src/engine/types';
import type { ToPage } from '../../../web/src/protocol/to-page';
import type { ToWorker } from '../../../web/src/protocol/to-worker';
import { Host, type Surroundings } from '../../../web/src/worker/host';
import { RunStore } from '../../../web/src/storage/run-store';
import { Pump } from '../../../web/src/worker/pump';

// A worker in the same thread: the real host and pump around a given engine, with messages that are
// copied and come later, as a real worker's are.
export class WorkerDouble implements WorkerPort {
  onmessage: WorkerPort['onmessage'] = null;
  onerror: WorkerPort['onerror'] = null;
  onmessageerror: WorkerPort['onmessageerror'] = null;
  terminated = false;
  private readonly host: Host;
  private readonly pump: Pump;

  constructor(load: () => Promise<Engine>, store: Surroundings['store'] = new RunStore()) {
    this.pump = new Pump(() => {
      try {
        return !this.terminated && this.host.work();
      } catch (reason) {
        return this.crash(reason);
      }
    });
    this.host = new Host({
      load,
      post: (message, transfer = []) => this.deliver(message, transfer),
      wake: () => this.pump.wake(),
      clock: () => performance.now(),
      store,
    });
  }

  postMessage(message: ToWorker, transfer: Transferable[]): void {
    const copy = structuredClone(message, { transfer: transfer as ArrayBuffer[] });
    setTimeout(() => {
      if (!this.terminated) this.host.receive(copy).catch((reason: unknown) => this.crash(reason));
    });
  }

  terminate(): void {
    this.terminated = true;
    this.pump.close();
  }

  private crash(reason: unknown): false {
    this.deliver({ type: 'crashed', message: String(reason) }, []);
    return false;
  }

  private deliver(message: ToPage, transfer: Transferable[]): void {
    const data = structuredClone(message, { transfer: transfer as ArrayBuffer[] });
    setTimeout(() => {
      if (!this.terminated) this.onmessage?.({ data } as MessageEvent<ToPage>);
    });
  }
}
