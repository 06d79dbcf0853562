import type { StepNumbers } from '../../protocol/to-page';
import { formatSize } from '../../state/divergence-words';
import { formatCount, formatRate } from '../../state/format';
import { useApp } from '../use-app';
import './Remedies.css';

// What led to a run's divergence, and what can be done with one press.
export function Remedies() {
  const { remedies, run } = useApp();
  const divergence = run.divergence.value;
  const recipes = remedies.recipes.value;
  const step = remedies.step.value;
  if (!divergence || !recipes || step === null) return null;
  const isThere = step === run.step.value;
  return (
    <section class="remedies small" aria-label="Remedies">
      <p class="remedies-acts">
        <WayBack /> <Act label={`Learning rate ${recipes.rate.lr}`} remedy="rate" />{' '}
        <Act label={`Clip at ${recipes.clip.grad_clip}`} remedy="clip" />{' '}
        {!isThere && <Act label="Only go back" remedy="back" />}
      </p>
      {isThere && divergence.what !== 'weight' && (
        <p class="muted">
          No earlier state is held, and these weights overflow at any rate: Train anew may be what
          is left.
        </p>
      )}
      <StepsBefore rows={[...divergence.before, divergence.failed]} />
    </section>
  );
}

// The state to go on from: said, or chosen where there are several.
function WayBack() {
  const { remedies, run } = useApp();
  const states = remedies.states.value;
  const name = (step: number) =>
    step === run.step.value
      ? `step ${formatCount(step)}, as it stopped`
      : `step ${formatCount(step)}`;
  if (states.length < 2) return <span>From {name(remedies.step.value ?? 0)} on with</span>;
  return (
    <label>
      Go on from{' '}
      <select
        class="plain-select small"
        value={String(remedies.step.value)}
        onChange={(event) => remedies.pick(Number(event.currentTarget.value))}
      >
        {[...states].reverse().map(({ step }) => (
          <option key={step} value={String(step)}>
            {name(step)}
          </option>
        ))}
      </select>{' '}
      with
    </label>
  );
}

function Act({ label, remedy }: { label: string; remedy: 'rate' | 'clip' | 'back' }) {
  const { remedies, keeper } = useApp();
  return (
    <button
      class="button"
      type="button"
      aria-disabled={keeper.busy.value !== null}
      onClick={() => void remedies.take(remedy)}
    >
      {label}
    </button>
  );
}

// The steps that led there; the last is the one that was not taken.
function StepsBefore({ rows }: { rows: readonly StepNumbers[] }) {
  return (
    <div class="steps-before" tabIndex={0} role="region" aria-label="The steps that led there">
      <table>
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col">loss</th>
            <th scope="col">gradient norm</th>
            <th scope="col">learning rate</th>
          </tr>
        </thead>
        <tbody class="mono">
          {[...rows].reverse().map(({ step, loss, gradNorm, lr }, i) => (
            <tr key={step} class={i === 0 ? 'not-taken' : undefined}>
              <td>{formatCount(step)}</td>
              <td>{shown(loss)}</td>
              <td>{shown(gradNorm)}</td>
              <td>{formatRate(lr)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const shown = (value: number) => (Number.isFinite(value) ? formatSize(value) : 'not finite');
