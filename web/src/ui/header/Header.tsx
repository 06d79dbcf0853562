import { useComputed } from '@preact/signals';
import { recipeTitle } from '../../state/recipe-title';
import { phaseName } from '../../state/words';
import { ProgressLine } from '../progress-line/ProgressLine';
import { Steps } from '../steps/Steps';
import { useApp } from '../use-app';
import { ThemeSwitch } from './ThemeSwitch';
import './Header.css';

export function Header() {
  const { run, recipe, text, view } = useApp();
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
        <ThemeSwitch />
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
