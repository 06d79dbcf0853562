import type { Analysis, Split } from '../text/analysis';
import type { AnalysisRequest } from '../worker/text-worker';

// Analyses a text, which takes a moment where it is long, off the page's own thread. Rejects with a
// sentence; ends early with the signal.
export type Analyst = (bytes: Uint8Array, split: Split, signal: AbortSignal) => Promise<Analysis>;

export const analyseInWorker: Analyst = (bytes, split, signal) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('../worker/text-worker.ts', import.meta.url), {
      type: 'module',
      name: 'text',
    });
    const end = () => worker.terminate();
    signal.addEventListener('abort', end);
    worker.onmessage = ({ data }: MessageEvent<Analysis>) => {
      end();
      resolve(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      end();
      reject(new Error(event.message || 'its worker could not be loaded'));
    };
    worker.postMessage({ bytes, split } satisfies AnalysisRequest);
  });
