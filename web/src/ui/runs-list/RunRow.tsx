import { formatAgo, isDone, stepsOf } from '../../state/kept-words';
import { formatCount, formatLoss } from '../../state/format';
import type { Opening } from '../../state/kept-runs';
import type { RunRecord } from '../../storage/run-record';
import { useApp } from '../use-app';
import { RunMark } from './RunMark';
import { RunName } from './RunName';

export function RunRow({ record }: { record: RunRecord }) {
  const { library, kept: runs, view } = useApp();
  const { id, name, kept, forkedFrom } = record;
  const open = library.openId.value === id;
  const openAs = (opening: Opening) => {
    view.sheet.value = null; // what was opened is behind it
    void runs.open(id, opening);
  };
  const elsewhere = library.elsewhere.value.has(id);
  return (
    <li class="run-row" aria-current={open ? 'true' : undefined}>
      <div class="run-head">
        <RunShown record={record} open={open} />
        <RunName record={record} />
        <span class="mono run-loss" title="validation loss">
          {formatLoss(kept.curve.valLosses.at(-1))}
        </span>
      </div>
      <p class="small muted run-facts">
        {isDone(record) ? 'done, ' : ''}
        step <span class="mono">{formatCount(kept.step)}</span> of{' '}
        <span class="mono">{formatCount(stepsOf(record))}</span>, {formatAgo(Date.now() - kept.at)}
        {forkedFrom && `; from “${forkedFrom.name}” at step ${formatCount(forkedFrom.step)}`}
      </p>
      <p class="small run-actions">
        {open ? (
          <span class="muted">open</span>
        ) : elsewhere ? (
          <>
            <span class="muted">in another tab</span>
            <Act label="View" name={name} act={() => openAs('view')} />
          </>
        ) : (
          <Act label="Open" name={name} act={() => openAs('go-on')} />
        )}
        <Act label="Fork" name={name} act={() => openAs('fork')} />
        {!elsewhere && <Act label="Delete" name={name} act={() => void runs.delete(id)} />}
      </p>
    </li>
  );
}

// Whether the run stands beside the one at hand, which always is on the chart.
function RunShown({ record, open }: { record: RunRecord; open: boolean }) {
  const { beside } = useApp();
  if (open) return <RunMark record={null} />;
  const shown = beside.has(record.id);
  return (
    <label class="run-shown">
      <input
        type="checkbox"
        aria-label={`Show “${record.name}” on the chart`}
        checked={shown}
        aria-disabled={!shown && beside.full.value}
        onChange={(event) => {
          beside.toggle(record.id);
          event.currentTarget.checked = beside.has(record.id); // also where no more fit
        }}
      />
      <RunMark record={record} />
    </label>
  );
}

function Act({ label, name, act }: { label: string; name: string; act: () => void }) {
  return (
    <button class="link" type="button" aria-label={`${label} “${name}”`} onClick={act}>
      {label}
    </button>
  );
}
