import type { ExchangeAnswer, ExchangeQuestion } from './messages';

// Brings models to other programs' files and back. Rejects with a sentence where it cannot begin.
export type Exchange = (question: ExchangeQuestion) => Promise<ExchangeAnswer>;

// In a worker of its own, which is ended with the answer: most pages never need it.
export const exchangeInWorker: Exchange = (question) =>
  new Promise((resolve, reject) => {
    const worker = new Worker(new URL('../worker/exchange-worker.ts', import.meta.url), {
      type: 'module',
      name: 'exchange',
    });
    worker.onmessage = ({ data }: MessageEvent<ExchangeAnswer>) => {
      worker.terminate();
      resolve(data);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      worker.terminate();
      reject(new Error(event.message || 'its worker could not be loaded'));
    };
    worker.postMessage(question);
  });
