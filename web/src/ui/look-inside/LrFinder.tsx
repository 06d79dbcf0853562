import { formatCount, formatLoss, formatRate } from '../../state/format';
import type { LrSearch } from '../../inspect/health';
import { Trouble } from '../message/Message';
import { useApp } from '../use-app';
import { logPlace, place } from './scales';
import { useInspect } from './use-inspect';

const WIDTH = 480;
const HEIGHT = 180;
const LEFT = 44;
const BOTTOM = 24;
const [LOW, HIGH] = [-6, 1]; // decades of the learning rate

const xOf = (lr: number) => logPlace(lr, LOW, HIGH, LEFT, WIDTH - 8);

// A short training at ever higher rates, on a copy, and the rate that it suggests.
export function LrFinder() {
  const { health: state } = useInspect();
  const search = state.search.value;
  const searching = state.searching.value;
  const problem = state.searchProblem.value;
  return (
    <>
      <p class="small muted">
        A copy of this run is trained from its beginning, at a rate that rises with every step,
        until the loss is four times its lowest: the learning rate range test of Smith, “Cyclical
        learning rates” (2017). The run is left alone.
      </p>
      {problem && <Trouble>{problem}</Trouble>}
      <button
        class="button"
        type="button"
        onClick={() => (searching ? state.stop() : void state.find())}
      >
        {searching ? 'Stop looking' : 'Find a learning rate'}
      </button>
      {search && (
        <>
          <Figure search={search} />
          <Suggestion search={search} />
        </>
      )}
    </>
  );
}

function Figure({ search }: { search: LrSearch }) {
  const { points, suggested } = search;
  const losses = points.map(({ loss }) => loss);
  // What diverged may be far above: the figure shows what comes before.
  const first = losses[0] ?? 1;
  const [low, high] = [Math.min(...losses, first), first + 0.15 * first];
  const y = (loss: number) => place(Math.min(loss, high), low, high, HEIGHT - BOTTOM - 8, 8);
  const lowest = points[search.lowest];
  return (
    <>
      <svg
        class="inside-figure"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={
          `Loss by learning rate, after ${points.length} steps` +
          (lowest
            ? `: lowest before it first rises, ${formatLoss(lowest.smoothed)}, at ${formatRate(lowest.lr)}.`
            : '.')
        }
        data-testid="lr-figure"
      >
        {[-6, -4, -2, 0].map((decade) => (
          <g key={decade}>
            <line
              x1={xOf(10 ** decade)}
              x2={xOf(10 ** decade)}
              y1="8"
              y2={HEIGHT - BOTTOM}
              class="inside-grid"
            />
            <text x={xOf(10 ** decade)} y={HEIGHT - 6} class="inside-tick">
              {decade === 0 ? '1' : `1e${decade}`}
            </text>
          </g>
        ))}
        {[low, first].map((loss) => (
          <text key={loss} x={LEFT - 6} y={y(loss) + 4} class="inside-tick inside-tick-y">
            {loss.toFixed(2)}
          </text>
        ))}
        {points.map(({ lr, loss }) => (
          <circle key={lr} class="inside-lr-loss" cx={xOf(lr)} cy={y(loss)} r="1.5" />
        ))}
        <g class="inside-curve inside-curve-at">
          <polyline
            points={points
              .map(({ lr, smoothed }) => `${xOf(lr).toFixed(1)},${y(smoothed).toFixed(1)}`)
              .join(' ')}
          />
        </g>
        {suggested !== null && (
          <line
            x1={xOf(suggested)}
            x2={xOf(suggested)}
            y1="8"
            y2={HEIGHT - BOTTOM}
            class="inside-rule"
          />
        )}
      </svg>
      <ul class="inside-curve-keys small">
        <li class="inside-curve-at">
          <svg width="24" height="8" aria-hidden="true">
            <line x1="0" x2="24" y1="4" y2="4" />
          </svg>{' '}
          loss, the mean of seven steps
        </li>
        <li>
          <svg width="8" height="8" aria-hidden="true">
            <circle class="inside-lr-loss" cx="4" cy="4" r="1.5" />
          </svg>{' '}
          of each step
        </li>
        {suggested !== null && (
          <li>
            <svg width="24" height="8" aria-hidden="true">
              <line x1="0" x2="24" y1="4" y2="4" class="inside-rule" />
            </svg>{' '}
            suggested
          </li>
        )}
      </ul>
    </>
  );
}

function Suggestion({ search }: { search: LrSearch }) {
  const { recipe } = useApp();
  const { health: state } = useInspect();
  const { points, steps, suggested, done } = search;
  if (suggested === null) {
    return (
      <p class="small" role="status">
        {done && 'The loss did not fall at any rate: nothing can be suggested.'}
        {state.searching.value && (
          <span class="muted">
            step <span class="mono">{formatCount(points.length)}</span> of{' '}
            <span class="mono">{formatCount(steps)}</span> at the most
          </span>
        )}
        {!done && !state.searching.value && <span class="muted">Stopped.</span>}
      </p>
    );
  }
  const lowest = points[search.lowest]!;
  const used = Number(recipe.entries.value.lr) === suggested;
  const use = () => {
    recipe.set('lr', String(suggested));
    // It must not end above where it begins; a tenth is what the final rate's help says.
    if (Number(recipe.entries.value.min_lr) > suggested)
      recipe.set('min_lr', String(Number((suggested / 10).toPrecision(2))));
  };
  return (
    <>
      <p class="small" role="status">
        Before it first rises the loss is lowest at a rate of{' '}
        <span class="mono" data-testid="lr-lowest">
          {formatRate(lowest.lr)}
        </span>
        ; a tenth of it is suggested,{' '}
        <span class="mono" data-testid="lr-suggested">
          {formatRate(suggested)}
        </span>{' '}
        <span class="muted">(Howard and Gugger, “fastai”, 2020).</span>
      </p>
      <button class="button" type="button" aria-disabled={used} onClick={() => !used && use()}>
        {used ? 'The next run has it' : `Use ${formatRate(suggested)} for the next run`}
      </button>
      <p class="small muted inside-healthy">
        A healthy curve is flat, falls, and turns up sharply; what is suggested lies on the way
        down.
      </p>
    </>
  );
}
