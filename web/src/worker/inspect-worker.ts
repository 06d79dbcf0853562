// A worker that looks inside a copy of a model, beside the engine's, which may be training.
import create from '../engine/generated/inspect/inspect.mjs';
import { Answerer } from '../inspect/answer';
import type { Asked, Told } from '../inspect/in-worker';

// As much of DedicatedWorkerGlobalScope as is used; the DOM's types know only the window.
interface WorkerScope {
  onmessage: ((event: MessageEvent<Asked>) => void) | null;
  postMessage(message: Told): void;
}
const scope = self as unknown as WorkerScope;

const answerer = create().then((module) => new Answerer(module));

// What fails here, the page hears of as the worker's error.
function fail(reason: unknown): never {
  throw reason;
}

scope.onmessage = ({ data: { id, question } }) => {
  answerer
    .then((answerer) => scope.postMessage({ id, answer: answerer.answer(question) }))
    .catch((reason: unknown) => setTimeout(fail, 0, reason));
};
