// Tokens and base come first: a component's own style has the last word.
import './ui/tokens.css';
import './ui/base.css';
import { computed } from '@preact/signals';
import { render } from 'preact';
import { chooseBuild, mostThreads, readSurroundings, readWishes } from './engine/choose-build';
import type { WorkerPort } from './engine/client';
import { keepOffline, watchTouch } from './offline/keep-offline';
import { limits } from './recipe/schema';
import { App } from './state/app';
import { choices } from './state/choices';
import { nextTask } from './state/next-task';
import { browserNotifier } from './state/notifier';
import { RunNotice } from './state/run-notice';
import { rememberedThreads, ThreadsState } from './state/threads-state';
import { watchVisibility } from './state/visibility';
import { keepAwake } from './state/wake-lock';
import { Embed } from './ui/embed/Embed';
import { Page } from './ui/page/Page';
import { isEmbedded } from './ui/share/address';
import { AppContext } from './ui/use-app';
import { DeviceContext } from './ui/use-device';

// From the first moment: nobody's press is forgotten.
const touched = watchTouch();

// A slow phone takes its time for each of these: the code itself, the page's state, the first text,
// the page drawn with it. Each is a task of its own.
const surroundings = await readSurroundings(globalThis);
await nextTask();
const build = chooseBuild(surroundings, limits.max_threads, {
  ...rememberedThreads(choices),
  ...readWishes(location.search),
});
const spawn = () =>
  new Worker(new URL('./worker/worker.ts', import.meta.url), {
    type: 'module',
    name: 'engine',
  }) as WorkerPort;

const app = new App(spawn, build);
const most = mostThreads(surroundings, limits.max_threads);
const threads = new ThreadsState(app, build, most, choices);
void app.begin(location.hash.slice(1));
addEventListener('hashchange', () => void app.openLink(location.hash.slice(1)));

const visible = watchVisibility(document);
const notice = new RunNotice(browserNotifier(globalThis), choices);
notice.watch(app.run, visible);
keepAwake(
  computed(() => visible.value && app.run.phase.value === 'running'),
  navigator.wakeLock,
);

if (import.meta.env.PROD) {
  void keepOffline({
    busy: () => app.run.phase.value !== 'none',
    touched,
    offerVersion: (use) => (app.view.newVersion.value = use),
  });
}

// The first text is made by then.
await nextTask();

render(
  <AppContext.Provider value={app}>
    <DeviceContext.Provider value={{ notice, threads }}>
      {isEmbedded(location.search) ? <Embed /> : <Page />}
    </DeviceContext.Provider>
  </AppContext.Provider>,
  document.getElementById('page')!,
);
