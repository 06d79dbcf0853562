import type { EngineError } from '../../../web/src/engine/types';
import type { Exchange } from '../../../web/src/exchange/in-worker';
import { App } from '../../../web/src/state/app';
import { makeEngineDouble } from './engine';
import { until } from './until';
import { WorkerDouble } from './worker';

export const story = 'A fox sat by the well. '.repeat(100);

export const file = (words: string | Uint8Array<ArrayBuffer>, name = 'a.txt') =>
  new File([words], name);

// The page's state over doubles of worker and engine, with a run of 20 steps in its controls.
export class Stage {
  readonly workers: WorkerDouble[] = [];
  onStep: (step: number) => EngineError | undefined = () => undefined;
  readonly app: App;

  private constructor(exchange?: Exchange) {
    this.app = new App(
      () => {
        const load = () =>
          Promise.resolve(makeEngineDouble({ onStep: (step) => this.onStep(step) }));
        const worker = new WorkerDouble(load);
        this.workers.push(worker);
        return worker;
      },
      { name: 'simd-single', threads: 1 },
      undefined,
      exchange,
    );
  }

  static async begin(exchange?: Exchange): Promise<Stage> {
    const stage = new Stage(exchange);
    const { app } = stage;
    await app.begin();
    app.recipe.set('steps', '20');
    app.recipe.set('eval_every', '10');
    await until(() => app.recipe.plan.value !== null);
    return stage;
  }

  finish(): Promise<void> {
    return until(() => this.app.run.phase.value === 'done');
  }

  async pausedAt(step: number): Promise<void> {
    const { control, run } = this.app;
    for (let next = run.step.value + 1; next <= step; next++) {
      await control.single();
      await until(() => run.step.value === next && run.fingerprint.value !== null);
    }
  }
}
