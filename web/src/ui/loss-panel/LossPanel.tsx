import { useComputed } from '@preact/signals';
import { formatCount } from '../../state/format';
import { arithmetic, insteadWords, plainReason, runSentence } from '../../state/words';
import { Accuracy } from '../accuracy/Accuracy';
import { Remedies } from '../remedies/Remedies';
import { useApp } from '../use-app';
import { ChartKeys } from './ChartKeys';
import { ChartSwitches } from './ChartSwitches';
import { FullScreen } from './FullScreen';
import { LossChart } from './LossChart';
import { LossTable } from './LossTable';
import { Readouts } from './Readouts';
import './LossPanel.css';

export function LossPanel() {
  const { view } = useApp();
  const table = view.table.value;
  return (
    <section class="loss-panel" aria-labelledby="loss-title">
      <div class="panel-head">
        <h2 id="loss-title">Loss</h2>
        <p class="small muted loss-unit">nats a token, by step</p>
        <ChartKeys />
        {!table && <ChartSwitches />}
        <button
          class="link small"
          type="button"
          aria-pressed={table}
          onClick={() => (view.table.value = !table)}
        >
          {table ? 'As a chart' : 'As a table'}
        </button>
        <FullScreen />
      </div>
      <div class="loss-figure">{table ? <LossTable /> : <LossChart />}</div>
      <Readouts />
      <Accuracy />
      <Standing />
      <Remedies />
    </section>
  );
}

// How the run stands, in words, with the fingerprint where the weights are at rest.
function Standing() {
  const app = useApp();
  const { run, engine, text } = app;
  const words = useComputed(() => {
    const phase = run.phase.value;
    const status = engine.status.value;
    if (phase === 'none' && status.name === 'loading') return 'Loading the engine.';
    if (phase === 'none' && status.name === 'failed') {
      return `The engine could not be loaded: ${plainReason(status.message)}.`;
    }
    return runSentence(phase, {
      step: run.step.value,
      steps: run.steps.value,
      vocabSize: text.report.value?.vocab_size ?? null,
      evaluating: run.evaluating.value,
      trouble: run.error.value?.message ?? null,
      crashed: run.error.value?.code === 'crash',
      diverged: run.divergence.value !== null,
    });
  });
  const status = engine.status.value;
  const noEngine = run.phase.value === 'none' && status.name === 'failed';
  const failed = run.phase.value === 'failed' || noEngine;
  return (
    <div class="standing small">
      <p class={failed ? 'trouble' : 'muted'} role={failed ? 'alert' : undefined}>
        {words}{' '}
        {noEngine && (
          <button class="link" type="button" onClick={() => void app.tryAgain()}>
            Try again
          </button>
        )}
      </p>
      <p class="muted fingerprint">
        {run.fingerprint.value && (
          <>
            Fingerprint <span class="mono">{run.fingerprint.value}</span>,{' '}
            {arithmetic(run.run.value?.info)}
          </>
        )}
      </p>
      {run.skipped.value > 0 && (
        <p class="muted">
          {formatCount(run.skipped.value)} {run.skipped.value === 1 ? 'step was' : 'steps were'}{' '}
          skipped: numbers in {run.skipped.value === 1 ? 'it' : 'them'} overflowed.
        </p>
      )}
      {status.name === 'ready' && status.instead && (
        <p class="muted">{insteadWords(status.instead)}</p>
      )}
      {run.pastSchedules.value.length > 0 && (
        <p class="muted">
          Trained by more than this recipe: its schedule was changed after step{' '}
          {run.pastSchedules.value.map(({ until }) => formatCount(until)).join(', ')}.
        </p>
      )}
    </div>
  );
}
