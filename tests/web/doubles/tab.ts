import type { EngineError } from '../../../web/src/engine/types';
import { App } from '../../../web/src/state/app';
import { RunLibrary } from '../../../web/src/state/run-library';
import { RunLock, type Locks } from '../../../web/src/storage/run-lock';
import { RunStore } from '../../../web/src/storage/run-store';
import type { Surroundings as OfWorker } from '../../../web/src/worker/host';
import { makeEngineDouble } from './engine';
import { LocksDouble } from './locks';
import { until } from './until';
import { WorkerDouble } from './worker';

interface Surroundings {
  readonly locks?: Locks; // of the browser
  readonly onStep?: (step: number) => EngineError | undefined;
  readonly store?: OfWorker['store']; // the worker's
}

interface Tab {
  readonly app: App;
  readonly close: () => void; // as a lost tab does: without a word
}

// A browser's tabs, which share its locks.
export class Tabs {
  private readonly browser = new LocksDouble();
  private readonly tabs: Tab[] = [];

  async open(more: Surroundings = {}): Promise<App> {
    const tab = await openTab({ locks: this.browser.locks, ...more });
    this.tabs.push(tab);
    return tab.app;
  }

  close(app: App): void {
    this.tabs.find((tab) => tab.app === app)?.close();
  }

  closeAll(): void {
    this.tabs.forEach(({ close }) => close());
  }
}

// The page in a tab, around the engine's double, over the indexedDB that is there.
async function openTab({ locks, onStep, store }: Surroundings): Promise<Tab> {
  const workers: WorkerDouble[] = [];
  const spawn = () => {
    const worker = new WorkerDouble(load, store);
    workers.push(worker);
    return worker;
  };
  const load = () => Promise.resolve(makeEngineDouble({ onStep: (step) => onStep?.(step) }));
  const library = new RunLibrary(new RunStore(), new RunLock(locks));
  const build = { name: 'simd-single', threads: 1 } as const;
  const app = new App(spawn, build, library);
  await app.begin();
  app.recipe.set('steps', '20');
  app.recipe.set('eval_every', '10');
  await until(() => app.recipe.plan.value !== null);
  const close = () => {
    workers.forEach((worker) => worker.terminate());
    library.close();
  };
  return { app, close };
}

export async function trainTo(app: App, step: number): Promise<void> {
  for (let next = app.run.step.value + 1; next <= step; next++) {
    await app.control.single();
    await until(() => app.run.step.value === next && app.run.fingerprint.value !== null);
  }
}

// Until the run at hand is kept as it is.
export async function untilKept(app: App): Promise<void> {
  await until(() => app.keeper.keptOpen.value?.kept.step === app.run.step.value);
}

// Returns the id under which the run is kept.
export async function pausedAt(step: number, app: App): Promise<string> {
  await trainTo(app, step);
  await untilKept(app);
  return app.library.openId.value!;
}

// Another run, one step long.
export async function another(seed: string, app: App): Promise<string> {
  app.recipe.set('seed', seed);
  await app.control.single();
  await until(() => app.run.step.value === 1 && app.run.fingerprint.value !== null);
  await untilKept(app);
  return app.library.openId.value!;
}
