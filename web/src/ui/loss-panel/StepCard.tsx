import type { ReadonlySignal } from '@preact/signals';
import { formatCount, formatLoss, formatRate } from '../../state/format';
import { factsAt } from '../../state/step-facts';
import { useApp } from '../use-app';
import './StepCard.css';

const GAP = 12; // pixels between the card and the line
const MOST_OVERLAYS = 4;

interface Props {
  readonly place: ReadonlySignal<number | null>; // of the cursor, in pixels from the left
  readonly width: () => number; // of the chart
}

// The numbers of the step pointed at, and what the model wrote around then.
export function StepCard({ place, width }: Props) {
  const app = useApp();
  const step = app.chart.step.value;
  const left = place.value;
  if (step === null || left === null) return null;
  const { loss, lr, gradNorm, evaluation, writing } = factsAt(app.run, app.writing, step);
  const overlays = app.beside.overlays.value.slice(0, MOST_OVERLAYS);
  const style =
    left > width() / 2 ? { right: `${width() - left + GAP}px` } : { left: `${left + GAP}px` };
  return (
    <div class="step-card small" aria-hidden="true" style={style}>
      <p class="mono step-card-step">step {formatCount(step)}</p>
      <dl class="mono">
        <Fact label="train" value={formatLoss(loss)} />
        {evaluation && (
          <Fact
            label={`val. at ${formatCount(evaluation.step)}`}
            value={formatLoss(evaluation.valLoss)}
          />
        )}
        <Fact label="learning rate" value={formatRate(lr)} />
        <Fact label="gradient norm" value={formatLoss(gradNorm)} />
        {overlays.map(({ key, name, losses }) => (
          <Fact key={key} label={name} value={formatLoss(losses.at(step))} />
        ))}
      </dl>
      {writing && (
        <p class="step-card-sample">
          <span class="mono muted">at {formatCount(writing.step)} </span>
          {writing.prompt}
          {writing.text}
        </p>
      )}
    </div>
  );
}

function Fact({ label, value }: { label: string; value: string }) {
  return (
    <div>
      <dt class="muted">{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
