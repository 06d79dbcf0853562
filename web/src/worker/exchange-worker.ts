// A worker that writes one model for other programs, or reads one of theirs, beside the engine's.
import create from '../engine/generated/exchange/exchange.mjs';
import { answer } from '../exchange/answer';
import type { ExchangeAnswer, ExchangeQuestion } from '../exchange/messages';

// As much of DedicatedWorkerGlobalScope as is used; the DOM's types know only the window.
interface WorkerScope {
  onmessage: ((event: MessageEvent<ExchangeQuestion>) => void) | null;
  postMessage(message: ExchangeAnswer): void;
}
const scope = self as unknown as WorkerScope;

// What fails here, the page hears of as the worker's error.
function fail(reason: unknown): never {
  throw reason;
}

scope.onmessage = ({ data }) => {
  create()
    .then((module) => scope.postMessage(answer(module, data)))
    .catch((reason: unknown) => setTimeout(fail, 0, reason));
};
