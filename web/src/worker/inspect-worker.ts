// A worker that looks inside a copy of a model, beside the engine's, which may be training.
import { Answerer } from '../inspect/answer';
import type { Asked, Told } from '../inspect/in-worker';

// As much of DedicatedWorkerGlobalScope as is used; the DOM's types know only the window.
interface WorkerScope {
  onmessage: ((event: MessageEvent<Asked>) => void) | null;
  postMessage(message: Told): void;
}
const scope = self as unknown as WorkerScope;

const answerer = new Answerer();

// What fails here, the page hears of as the worker's error.
function fail(reason: unknown): never {
  throw reason;
}

scope.onmessage = ({ data: { id, question } }) => {
  answerer
    .answer(question)
    .then((answer) => scope.postMessage({ id, answer }))
    .catch((reason: unknown) => setTimeout(fail, 0, reason));
};
