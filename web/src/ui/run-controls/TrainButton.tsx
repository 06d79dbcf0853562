import type { MainAction } from '../../state/run-control';
import { useApp } from '../use-app';

const labels: Readonly<Record<MainAction, string>> = {
  train: 'Train',
  pause: 'Pause',
  resume: 'Resume',
  'train-anew': 'Train anew',
};

export function TrainButton() {
  const app = useApp();
  const starting = app.run.phase.value === 'starting';
  return (
    <button
      class="button primary train-button"
      type="button"
      aria-busy={starting}
      aria-keyshortcuts="Space"
      onClick={() => void app.control.toggle()}
    >
      {starting ? 'Starting …' : labels[app.control.mainAction.value]}
    </button>
  );
}
