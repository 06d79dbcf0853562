import { formatCount } from '../../state/format';
import type { SheetName } from '../../state/view-state';
import { TrainButton } from '../run-controls/TrainButton';
import { useApp } from '../use-app';
import './BottomBar.css';

const sheets: readonly { readonly name: SheetName; readonly label: string }[] = [
  { name: 'text', label: 'Text' },
  { name: 'model', label: 'Model' },
  { name: 'training', label: 'Training' },
];

// On a narrow page: what is pressed most, always at hand.
export function BottomBar() {
  const { run, view, recipe, text, keeper } = useApp();
  const troubled: Record<SheetName, boolean> = {
    text: Boolean(text.error.value ?? recipe.textProblem.value),
    model: Boolean(recipe.problem.value),
    training: Boolean(keeper.error.value),
  };
  return (
    <nav class="bottom-bar" aria-label="Training and settings">
      <div class="bottom-sheets">
        {sheets.map(({ name, label }) => (
          <button
            key={name}
            class="link"
            type="button"
            aria-haspopup="dialog"
            onClick={() => (view.sheet.value = name)}
          >
            {label}
            {troubled[name] && <span class="bottom-trouble"> !</span>}
          </button>
        ))}
      </div>
      <div class="bottom-run">
        <TrainButton />
        <span class="mono small muted">
          {run.steps.value > 0 &&
            `${formatCount(run.step.value)} / ${formatCount(run.steps.value)} steps`}
        </span>
      </div>
    </nav>
  );
}
