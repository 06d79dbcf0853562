import { MOST_RUNS } from '../../state/run-library';
import { useApp } from '../use-app';
import { useAttention } from '../use-attention';
import { Differences } from './Differences';
import { RunRow } from './RunRow';
import './RunsList.css';
import { StorageFoot } from './StorageFoot';

// The runs that the browser keeps.
export function RunsPanel() {
  const { library, beside } = useApp();
  const section = useAttention<HTMLElement>('runs');
  const runs = library.runs.value;
  return (
    <section class="panel runs-panel" ref={section} tabIndex={-1} aria-labelledby="runs-title">
      <div class="panel-head">
        <h2 id="runs-title">Runs</h2>
        <span class="small muted">
          {beside.full.value ? 'no more fit on the chart' : `the newest ${MOST_RUNS} are kept`}
        </span>
      </div>
      {runs.length === 0 ? (
        <p class="small muted">
          {library.loaded.value
            ? 'Every run is kept here from its first checkpoint on, and outlives the tab.'
            : 'Looking for kept runs …'}
        </p>
      ) : (
        <ol class="runs">
          {runs.map((record) => (
            <RunRow key={record.id} record={record} />
          ))}
        </ol>
      )}
      <Differences />
      <StorageFoot />
    </section>
  );
}
