import { sheetOf, type SheetName } from '../../state/view-state';
import { ProgressLine } from '../progress-line/ProgressLine';
import { Notes } from '../run-controls/Notes';
import { TrainButton } from '../run-controls/TrainButton';
import { Steps } from '../steps/Steps';
import { useApp } from '../use-app';
import './BottomBar.css';

const sheets: readonly { readonly name: SheetName; readonly label: string }[] = [
  { name: 'text', label: 'Text' },
  { name: 'model', label: 'Model' },
  { name: 'training', label: 'Training' },
  { name: 'runs', label: 'Runs' },
];

// On a narrow page: what is pressed most, always at hand.
export function BottomBar() {
  const { view, recipe, text } = useApp();
  const wrong = new Set(Object.keys(recipe.errors.value).map(sheetOf));
  if (text.error.value ?? recipe.textProblem.value) wrong.add('text');
  if (recipe.problem.value) wrong.add('model');
  return (
    <nav class="bottom-bar" aria-label="Training and settings">
      <ProgressLine />
      {view.sheet.value === null && <Notes />}
      <div class="bottom-sheets">
        {sheets.map(({ name, label }) => (
          <button
            key={name}
            class="link"
            type="button"
            aria-haspopup="dialog"
            aria-label={wrong.has(name) ? `${label}: something is wrong` : undefined}
            onClick={() => (view.sheet.value = name)}
          >
            {label}
            {wrong.has(name) && <span class="bottom-trouble"> !</span>}
          </button>
        ))}
        <Steps />
      </div>
      <TrainButton />
    </nav>
  );
}
