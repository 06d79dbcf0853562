import { settingOf } from '../../recipe/schema';
import { useApp } from '../use-app';
import { FileButtons } from './FileButtons';
import { Notes } from './Notes';
import { TrainButton } from './TrainButton';
import './RunControls.css';

export function RunControls() {
  const app = useApp();
  return (
    <div class="run-controls">
      <Help />
      <Notes />
      <TrainButton />
      <div class="run-buttons">
        <button
          class="button"
          type="button"
          aria-disabled={!app.control.canStep.value}
          aria-keyshortcuts="."
          onClick={() => void app.control.single()}
        >
          Step
        </button>
        <button
          class="button"
          type="button"
          aria-disabled={app.run.phase.value === 'none'}
          onClick={() => void app.keeper.reset()}
        >
          Reset
        </button>
        {!app.view.narrow.value && <FileButtons />}
      </div>
    </div>
  );
}

// One sentence or two of what the setting pointed at does; the place for it is always there.
function Help() {
  const { view } = useApp();
  const setting = settingOf(view.pointedAt.value ?? '');
  return (
    <p class="run-help small muted" aria-hidden="true">
      {setting ? setting.help : 'Point at a setting to read what it does.'}
    </p>
  );
}
