import { formatLoss } from '../../state/format';
import { TRAINED_STEPS } from '../../inspect/gradients-state';
import { useInspect } from './use-inspect';

const WIDTH = 480;
const HEIGHT = 140;

// Two models from the same start on the same passages, one with the mistake.
export function FaultyTraining() {
  const { gradients: state } = useInspect();
  const pair = state.training.value;
  const fault = state.fault.value;
  if (fault === 'none') {
    return (
      <p class="small muted">
        Choose a mistake above: two models are then trained from the same start, one with it and one
        without. Your run is neither of them.
      </p>
    );
  }
  const last = pair && { right: pair.right.at(-1), faulty: pair.faulty.at(-1) };
  const all = pair ? [...pair.right, ...pair.faulty].filter(Number.isFinite) : [];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const line = (losses: readonly number[]) =>
    losses
      .map((loss, i) => [
        (i / (TRAINED_STEPS - 1)) * WIDTH,
        8 + ((high - loss) / (high - low || 1)) * (HEIGHT - 16),
      ])
      .map((point) => point.map((each) => each.toFixed(1)).join(','))
      .join(' ');
  return (
    <>
      <button
        class="button"
        type="button"
        aria-disabled={state.trains.value}
        onClick={() => void state.train()}
      >
        Train {TRAINED_STEPS} steps with it and without
      </button>
      {pair && last && (
        <>
          <svg
            class="inside-figure"
            viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
            role="img"
            aria-label={`Loss by step: ${formatLoss(last.right)} without the mistake, ${formatLoss(last.faulty)} with it`}
          >
            <g class="inside-curve inside-curve-double">
              <polyline points={line(pair.right)} />
            </g>
            <g class="inside-curve inside-curve-float">
              <polyline points={line(pair.faulty)} />
            </g>
          </svg>
          <ul class="inside-curve-keys small">
            <li class="inside-curve-double">
              <svg width="24" height="8" aria-hidden="true">
                <line x1="0" x2="24" y1="4" y2="4" />
              </svg>{' '}
              right: loss{' '}
              <span class="mono" data-testid="right-loss">
                {formatLoss(last.right)}
              </span>
            </li>
            <li class="inside-curve-float">
              <svg width="24" height="8" aria-hidden="true">
                <line x1="0" x2="24" y1="4" y2="4" />
              </svg>{' '}
              with the mistake: loss{' '}
              <span class="mono" data-testid="faulty-loss">
                {formatLoss(last.faulty)}
              </span>
            </li>
            <li class="muted">
              after <span class="mono">{pair.right.length}</span> steps
            </li>
          </ul>
        </>
      )}
    </>
  );
}
