import { useComputed } from '@preact/signals';
import { recipeTitle } from '../../state/recipe-title';
import { phaseName } from '../../state/words';
import { ProgressLine } from '../progress-line/ProgressLine';
import { Steps } from '../steps/Steps';
import { useApp } from '../use-app';
import { ThemeSwitch } from './ThemeSwitch';
import './Header.css';

export function Header() {
  const { run, recipe, text, view, share } = useApp();
  const title = useComputed(() => {
    const current = run.run.value;
    const of = current?.recipe ?? recipe.recipe.value;
    const name = (current?.text ?? text.text.value)?.name;
    return of && name ? recipeTitle(name, of) : (name ?? '');
  });
  return (
    <header class="header">
      <h1 class="header-name">Clearformer</h1>
      <p class="header-run small mono muted">{title}</p>
      <PhaseMark />
      <div class="header-tools">
        <NewVersion />
        <button
          class="link small"
          type="button"
          aria-keyshortcuts="s"
          onClick={() => (share.open.value = true)}
        >
          Share
        </button>
        <ThemeSwitch />
        <button
          class="link small header-runs"
          type="button"
          onClick={() => (view.attention.value = { name: 'runs' })}
        >
          Runs
        </button>
        <button
          class="link small header-keys"
          type="button"
          onClick={() => (view.keys.value = true)}
        >
          Keys
        </button>
      </div>
      {!view.narrow.value && <ProgressLine />}
    </header>
  );
}

// Never in the way of a run: a page that is loaded again cannot go on with it.
function NewVersion() {
  const { view, run } = useApp();
  const use = view.newVersion.value;
  const busy = run.phase.value === 'running' || run.phase.value === 'starting';
  if (!use || busy) return null;
  return (
    <button class="link small" type="button" title="Loads the page again" onClick={use}>
      New version
    </button>
  );
}

function PhaseMark() {
  const { run, engine, view } = useApp();
  const status = engine.status.value.name;
  const phase = run.phase.value;
  const loading = phase === 'none' && status !== 'ready';
  const words = loading ? (status === 'failed' ? 'no engine' : 'loading') : phaseName(phase);
  const failed = phase === 'failed' || (loading && status === 'failed');
  return (
    <p class={`phase-mark small ${failed ? 'failed' : phase}`}>
      <span class="phase-dot" aria-hidden="true" />
      <span class="phase-word">{words}</span>
      {!view.narrow.value && <Steps />}
    </p>
  );
}
