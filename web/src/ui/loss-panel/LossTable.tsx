import { useEffect, useState } from 'preact/hooks';
import { formatCount, formatLoss } from '../../state/format';
import { bitsPerByte } from '../../state/run-state';
import { pastSentence } from '../../state/words';
import { useApp } from '../use-app';

// So many are drawn in one task: a long run has hundreds.
const ROWS_AT_ONCE = 50;

// The evaluations in figures: what the chart shows, for reading.
export function LossTable() {
  const { run } = useApp();
  const info = run.run.value?.info;
  void run.version.value; // the series change in place; this tells when
  const rows = [...run.curves.evaluations.toArray()].reverse();
  const [drawn, setDrawn] = useState(ROWS_AT_ONCE);
  useEffect(() => {
    if (drawn >= rows.length) return;
    const next = setTimeout(() => setDrawn(drawn + ROWS_AT_ONCE));
    return () => clearTimeout(next);
  }, [drawn, rows.length]);
  if (rows.length === 0) {
    return <p class="muted loss-empty">Evaluations stand here once the run has made one.</p>;
  }
  return (
    <div class="loss-table" tabIndex={0} role="region" aria-label="Losses as a table">
      <table>
        <thead>
          <tr>
            <th scope="col">step</th>
            <th scope="col">train</th>
            <th scope="col">validation</th>
            <th scope="col">bits/byte</th>
          </tr>
        </thead>
        <tbody class="mono">
          {rows.slice(0, drawn).map(({ step, trainLoss, valLoss }) => (
            <tr key={step}>
              <td>{formatCount(step)}</td>
              <td>{formatLoss(trainLoss)}</td>
              <td>{formatLoss(valLoss)}</td>
              <td>{info && formatLoss(bitsPerByte(valLoss, info))}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {run.pastSchedules.value.length > 0 && (
        <ul class="past-schedules small muted">
          {run.pastSchedules.value.map((past) => (
            <li key={past.until}>{pastSentence(past)}</li>
          ))}
        </ul>
      )}
    </div>
  );
}
