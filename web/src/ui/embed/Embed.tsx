import { useComputed } from '@preact/signals';
import { useLayoutEffect } from 'preact/hooks';
import { recipeTitle } from '../../state/recipe-title';
import { phaseName } from '../../state/words';
import { DropTarget } from '../drop-target/DropTarget';
import { useTheme } from '../header/use-theme';
import { LossPanel } from '../loss-panel/LossPanel';
import { Trouble } from '../message/Message';
import { Announcer } from '../page/Announcer';
import { TrainButton } from '../run-controls/TrainButton';
import { SharedStrip } from '../shared-strip/SharedStrip';
import { Steps } from '../steps/Steps';
import { useApp } from '../use-app';
import { WritingPanel } from '../writing-panel/WritingPanel';
import { linkTo } from '../share/address';
import './Embed.css';

// The page in a frame of somebody else's: curve and writing, and the way to all of it.
export function Embed() {
  const { run, recipe, text, chart } = useApp();
  useTheme();
  // Before the first paint: a frame is low, and the loss comes first.
  useLayoutEffect(() => void (chart.rates.value = false), [chart]);
  const title = useComputed(() => {
    const of = run.run.value?.recipe ?? recipe.recipe.value;
    const name = (run.run.value?.text ?? text.text.value)?.name;
    return of && name ? recipeTitle(name, of) : '';
  });
  return (
    <div class="embed">
      <header class="embed-bar">
        <h1 class="embed-name">
          <a class="link" href={linkTo(location.hash.slice(1))} target="_blank" rel="noopener">
            Clearformer
          </a>
        </h1>
        <p class="embed-title small mono muted">{title}</p>
        <p class="small muted">
          {phaseName(run.phase.value)} <Steps />
        </p>
        <TrainButton />
      </header>
      <SharedStrip />
      <Problem />
      <main class="embed-work">
        <LossPanel />
        <WritingPanel />
      </main>
      <DropTarget />
      <Announcer />
    </div>
  );
}

// What the full page tells beside its controls.
function Problem() {
  const { recipe, text, keeper, writing } = useApp();
  const problem =
    Object.values(recipe.errors.value)[0] ??
    recipe.problem.value ??
    text.error.value?.message ??
    recipe.textProblem.value ??
    keeper.error.value?.message ??
    writing.error.value?.message;
  return problem ? (
    <div class="embed-problem">
      <Trouble>{problem}</Trouble>
    </div>
  ) : null;
}
