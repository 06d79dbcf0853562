// Tokens and base come first: a component's own style has the last word.
import './ui/tokens.css';
import './ui/base.css';
import { render } from 'preact';
import { chooseBuild, readSurroundings, readWishes } from './engine/choose-build';
import type { WorkerPort } from './engine/client';
import { limits } from './recipe/schema';
import { App } from './state/app';
import { Page } from './ui/page/Page';
import { AppContext } from './ui/use-app';

const build = chooseBuild(
  await readSurroundings(globalThis),
  limits.max_threads,
  readWishes(location.search),
);
const spawn = () =>
  new Worker(new URL('./worker/worker.ts', import.meta.url), {
    type: 'module',
    name: 'engine',
  }) as WorkerPort;

const app = new App(spawn, build);
void app.begin();

render(
  <AppContext.Provider value={app}>
    <Page />
  </AppContext.Provider>,
  document.getElementById('page')!,
);
