import { useComputed, type ReadonlySignal } from '@preact/signals';
import { formatCount, formatDuration, formatLoss, NOTHING } from '../../state/format';
import { useApp } from '../use-app';

export function Readouts() {
  const { run } = useApp();
  const train = useComputed(() => formatLoss(run.trainLoss.value));
  const validation = useComputed(() => formatLoss(run.evaluation.value?.valLoss));
  const bits = useComputed(() => formatLoss(run.bitsPerByte.value));
  const speed = useComputed(() => formatCount(run.pace.value?.tokensPerSecond));
  const left = useComputed(() =>
    run.phase.value === 'running' ? formatDuration(run.pace.value?.secondsLeft ?? NaN) : NOTHING,
  );
  return (
    <dl class="readouts">
      <Readout label="train" value={train} mark="line" testId="train-loss" />
      <Readout label="validation" value={validation} mark="dots" testId="val-loss" />
      <Readout label="bits/byte" value={bits} testId="bits-per-byte" />
      <Readout label="tokens/s" value={speed} />
      <Readout label="time left" value={left} />
    </dl>
  );
}

interface ReadoutProps {
  readonly label: string;
  readonly value: ReadonlySignal<string>;
  readonly mark?: 'line' | 'dots'; // how the chart draws it
  readonly testId?: string;
}

function Readout({ label, value, mark, testId }: ReadoutProps) {
  return (
    <div class="readout">
      <dt class="small muted">
        {mark && <Mark shape={mark} />}
        {label}
      </dt>
      <dd class={value.value === NOTHING ? 'mono muted' : 'mono'} data-testid={testId}>
        {value}
      </dd>
    </div>
  );
}

function Mark({ shape }: { shape: 'line' | 'dots' }) {
  return (
    <svg class={`mark mark-${shape}`} viewBox="0 0 24 8" width="24" height="8" aria-hidden="true">
      <path d="M0 4H24" />
      {shape === 'dots' && <circle cx="12" cy="4" r="3" />}
    </svg>
  );
}
