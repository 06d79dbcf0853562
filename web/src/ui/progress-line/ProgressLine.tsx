import { useApp } from '../use-app';
import './ProgressLine.css';

// How far the run has come, as the bright part of a hairline.
export function ProgressLine() {
  const { run } = useApp();
  if (run.steps.value === 0) return null;
  const percent = Math.round(run.progress.value * 100);
  return (
    <div
      class="progress-line"
      role="progressbar"
      aria-label="Progress of the run"
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
    >
      <div class="progress-done" style={{ transform: `scaleX(${run.progress.value})` }} />
    </div>
  );
}
