import { formatCount } from '../../state/format';
import { useApp } from '../use-app';
import './Steps.css';

// How far the run has come. As wide at the first step as at the last, so that nothing beside it moves.
export function Steps() {
  const app = useApp();
  const steps = app.control.steps.value;
  if (steps === 0) return null;
  const total = formatCount(steps);
  const minWidth = `${2 * total.length + ' / '.length}ch`;
  return (
    <span class="mono small steps" style={{ minWidth }}>
      {`${formatCount(app.run.step.value)} / ${total}`}
    </span>
  );
}
