import { lookOf } from '../../state/run-colours';
import type { RunRecord } from '../../storage/run-record';

// How the chart draws a run: its colour and its dashes. Null is the run at hand.
export function RunMark({ record }: { record: Pick<RunRecord, 'colour'> | null }) {
  const look = record && lookOf(record);
  return (
    <svg class="run-mark" viewBox="0 0 28 8" width="28" height="8" aria-hidden="true">
      <path
        d="M0 4H28"
        style={{ stroke: `var(${look?.token ?? '--accent'})` }}
        stroke-dasharray={look?.dash.join(' ')}
      />
      {!look && <circle cx="14" cy="4" r="3" />}
    </svg>
  );
}
