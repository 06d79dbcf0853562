// The module worker: gives the host its engine, its port and its clock.
import { holdLifeline } from '../engine/lifeline';
import { loadEngine } from '../engine/load';
import type { ToPage } from '../protocol/to-page';
import type { ToWorker } from '../protocol/to-worker';
import { RunStore } from '../storage/run-store';
import { Host } from './host';
import { Pump } from './pump';

// As much of DedicatedWorkerGlobalScope as is used; the DOM's types know only the window.
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: ToPage, transfer: Transferable[]): void;
}
const scope = self as unknown as WorkerScope;

const post = (message: ToPage, transfer: Transferable[] = []) =>
  scope.postMessage(message, transfer);

// Whatever is thrown here is a trap or an abort of the engine, whose memory cannot be trusted any
// more: the page hears of it and starts another worker.
function crash(reason: unknown): false {
  host = null;
  post({ type: 'crashed', message: reason instanceof Error ? reason.message : String(reason) });
  return false;
}

const pump = new Pump(() => {
  try {
    return host?.work() ?? false;
  } catch (reason) {
    return crash(reason);
  }
});

let host: Host | null = new Host({
  load: loadEngine,
  post,
  wake: () => pump.wake(),
  clock: () => performance.now(),
  store: new RunStore(),
});

holdLifeline((lifeline) => post({ type: 'alive', lifeline }));

scope.onmessage = (event) => {
  host?.receive(event.data).catch(crash);
};
