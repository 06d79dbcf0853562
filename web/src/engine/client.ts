import type { Answer, AnswerType, Crash, Refused, RunEvent, ToPage } from '../protocol/to-page';
import type { Command, Question, ToWorker } from '../protocol/to-worker';
import { watchLifeline } from './lifeline';

// As much of a Worker as the client needs.
export interface WorkerPort {
  postMessage(message: ToWorker, transfer: Transferable[]): void;
  terminate(): void;
  onmessage: ((event: MessageEvent<ToPage>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  onmessageerror: ((event: MessageEvent) => void) | null;
}

type QuestionType = Question['type'];
// Omit would merge the union's members into one; this keeps them apart.
type Asked<T extends QuestionType> = Omit<Extract<Question, { type: T }>, 'requestId'>;
type AnswerTo<T extends QuestionType> = Extract<Answer, { type: AnswerType[T] }> | Refused;

export interface ClientListener {
  onEvent(event: RunEvent): void;
  onCrash(message: string): void;
}

// What the page calls. Owns one worker at a time; every question is answered, if need be with a
// refusal because the worker is gone.
export class EngineClient {
  private port: WorkerPort | null = null;
  private nextRequestId = 1;
  private readonly pending = new Map<number, (answer: Answer) => void>();

  constructor(
    private readonly spawn: () => WorkerPort,
    private readonly listener: ClientListener,
    private readonly watch = watchLifeline,
  ) {}

  // Starts a worker, in place of the one there is.
  restart(): void {
    this.close('The engine was started anew.');
    const port = this.spawn();
    port.onmessage = (event) => this.receive(event.data, port);
    port.onerror = (event) => {
      event.preventDefault?.();
      this.crash(event.message || 'the worker could not be loaded');
    };
    port.onmessageerror = () => this.crash('a message from the worker could not be read');
    this.port = port;
  }

  ask<T extends QuestionType>(
    question: Asked<T> & { type: T },
    transfer: Transferable[] = [],
  ): Promise<AnswerTo<T>> {
    const requestId = this.nextRequestId++;
    return new Promise((resolve) => {
      if (!this.port) {
        resolve(refusal(requestId, 'The engine is not running.'));
        return;
      }
      this.pending.set(requestId, (answer) => resolve(answer as AnswerTo<T>));
      this.port.postMessage({ ...question, requestId } as unknown as Question, transfer);
    });
  }

  tell(command: Command): void {
    this.port?.postMessage(command, []);
  }

  private receive(message: ToPage, port: WorkerPort): void {
    if (message.type === 'alive') return this.watch(message.lifeline, () => this.lose(port));
    if (message.type === 'crashed') return this.crash((message satisfies Crash).message);
    if (!('requestId' in message)) return this.listener.onEvent(message);
    const resolve = this.pending.get(message.requestId);
    this.pending.delete(message.requestId);
    resolve?.(message);
  }

  // A worker that was replaced is rightly gone.
  private lose(port: WorkerPort): void {
    if (this.port === port) this.crash('it was ended from outside, perhaps for want of memory');
  }

  private crash(message: string): void {
    this.close(message);
    this.listener.onCrash(message);
  }

  private close(reason: string): void {
    if (this.port) {
      this.port.onmessage = this.port.onerror = this.port.onmessageerror = null;
      this.port.terminate();
      this.port = null;
    }
    const waiting = [...this.pending];
    this.pending.clear();
    for (const [requestId, resolve] of waiting) resolve(refusal(requestId, reason));
  }
}

function refusal(requestId: number, message: string): Refused {
  return { type: 'refused', requestId, error: { code: 'crash', where: '', message } };
}
