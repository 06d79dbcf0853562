// A worker that analyses one text, beside the engine's, which may be training; it is ended with the
// answer.
import { analyse, type Analysis, type Split } from '../text/analysis';

export interface AnalysisRequest {
  readonly bytes: Uint8Array;
  readonly split: Split;
}

// As much of DedicatedWorkerGlobalScope as is used; the DOM's types know only the window.
interface WorkerScope {
  onmessage: ((event: MessageEvent<AnalysisRequest>) => void) | null;
  postMessage(message: Analysis, transfer: Transferable[]): void;
}
const scope = self as unknown as WorkerScope;

scope.onmessage = ({ data: { bytes, split } }) => {
  const analysis = analyse(bytes, split);
  scope.postMessage(analysis, [analysis.index.buffer]);
};
