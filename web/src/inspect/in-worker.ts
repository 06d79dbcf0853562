import type { InspectAnswer, InspectAnswerType, InspectQuestion } from './messages';

export interface Asked {
  readonly id: number;
  readonly question: InspectQuestion;
}
export interface Told {
  readonly id: number;
  readonly answer: InspectAnswer;
}

type QuestionType = InspectQuestion['type'];
export type AnswerTo<T extends QuestionType> = Extract<
  InspectAnswer,
  { type: InspectAnswerType[T] | 'refused' }
>;

// What can be asked about a model, in the order asked.
export interface InspectPort {
  ask<T extends QuestionType>(
    question: Extract<InspectQuestion, { type: T }>,
    transfer?: Transferable[],
  ): Promise<AnswerTo<T>>;
  end(): void;
}

// As much of a Worker as is used.
export interface InspectWorker {
  postMessage(message: Asked, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<Told>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
}

const spawnWorker = (): InspectWorker =>
  new Worker(new URL('../worker/inspect-worker.ts', import.meta.url), {
    type: 'module',
    name: 'inspect',
  });

// In a worker of its own, which lives as long as somebody looks. A worker that stops answers all
// that waits with a refusal; with the next model that is opened another begins.
export class InspectClient implements InspectPort {
  private worker: InspectWorker | null = null;
  private next = 0;
  private readonly waiting = new Map<number, (answer: InspectAnswer) => void>();
  private stopped = 'No model is open.';
  private ended = false;

  constructor(private readonly spawn = spawnWorker) {}

  ask<T extends QuestionType>(
    question: Extract<InspectQuestion, { type: T }>,
    transfer: Transferable[] = [],
  ): Promise<AnswerTo<T>> {
    return new Promise((resolve) => {
      if (question.type === 'open' && !this.ended) this.worker ??= this.begin();
      if (!this.worker) return resolve(refusal(this.stopped) as AnswerTo<T>);
      const id = this.next++;
      this.waiting.set(id, (answer) => resolve(answer as AnswerTo<T>));
      this.worker.postMessage({ id, question }, transfer);
    });
  }

  end(): void {
    this.ended = true;
    this.stop('It was closed.');
  }

  private begin(): InspectWorker {
    const worker = this.spawn();
    worker.onmessage = ({ data: { id, answer } }) => {
      this.waiting.get(id)?.(answer);
      this.waiting.delete(id);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.stop(event.message || 'its worker could not be loaded.');
    };
    return worker;
  }

  private stop(reason: string): void {
    this.stopped = reason;
    if (this.worker) this.worker.onmessage = this.worker.onerror = null;
    this.worker?.terminate();
    this.worker = null;
    const waiting = [...this.waiting.values()];
    this.waiting.clear();
    for (const resolve of waiting) resolve(refusal(reason));
  }
}

const refusal = (message: string): InspectAnswer => ({
  type: 'refused',
  error: { code: 'crash', where: '', message },
});
