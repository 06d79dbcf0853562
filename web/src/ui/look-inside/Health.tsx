import { formatCount, formatLoss, formatMagnitude, formatRate } from '../../state/format';
import type { Health as Told } from '../../inspect/health';
import { Trouble } from '../message/Message';
import { HealthHeads } from './HealthHeads';
import { HealthNorms } from './HealthNorms';
import { HealthUnits } from './HealthUnits';
import { LrFinder } from './LrFinder';
import { useInspect } from './use-inspect';

// How the run does: what its next step would do to it, and at what rate it should go.
export function Health() {
  const { health: state } = useInspect();
  const newest = state.newest.value;
  const problem = state.problem.value ?? newest?.problem;
  return (
    <>
      {problem && <Trouble>{problem}</Trouble>}
      {newest ? <Sections health={newest} /> : !problem && <Waiting />}
    </>
  );
}

const Waiting = () => (
  <p class="small muted" role="status">
    Taking the next step, on a copy.
  </p>
);

function Sections({ health }: { health: Told }) {
  return (
    <div class="inside-health">
      <section aria-labelledby="inside-norms-title">
        <h3 id="inside-norms-title">How far a step moves the weights</h3>
        <Step health={health} />
        <HealthNorms />
      </section>
      <div>
        <section aria-labelledby="inside-spread-title">
          <h3 id="inside-spread-title">How far attention spreads</h3>
          <HealthHeads health={health} />
        </section>
        <section aria-labelledby="inside-units-title">
          <h3 id="inside-units-title">Hidden units that are dead</h3>
          <HealthUnits health={health} />
        </section>
        <section aria-labelledby="inside-rate-title">
          <h3 id="inside-rate-title">A learning rate for the next run</h3>
          <LrFinder />
        </section>
      </div>
    </div>
  );
}

// Which step it is that everything here is of.
function Step({ health }: { health: Told }) {
  const { step, loss, lr, grad_norm, scale } = health;
  const clipped = scale !== null && scale < 1;
  return (
    <p class="small muted">
      Step{' '}
      <span class="mono" data-testid="health-step">
        {formatCount(step + 1)}
      </span>
      , taken on a copy, with the passages that the run will draw for it: loss{' '}
      <span class="mono">{formatLoss(loss)}</span>, learning rate{' '}
      <span class="mono">{formatRate(lr)}</span>, gradient{' '}
      <span class="mono" data-testid="health-gradient">
        {formatMagnitude(grad_norm)}
      </span>
      {clipped && (
        <>
          , clipped to <span class="mono">{formatMagnitude(scale)}</span> of it
        </>
      )}
      . The norms are Euclidean.
    </p>
  );
}
