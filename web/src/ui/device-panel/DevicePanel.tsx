import { Trouble } from '../message/Message';
import { useApp } from '../use-app';
import { useDevice } from '../use-device';

// What concerns this device and no run's bits.
export function DevicePanel() {
  return (
    <section class="panel recipe-panel" aria-labelledby="device-title">
      <div class="panel-head">
        <h2 id="device-title">This device</h2>
      </div>
      <ThreadsRow />
      <NoticeRow />
    </section>
  );
}

function ThreadsRow() {
  const { run } = useApp();
  const { threads } = useDevice();
  const busy = run.phase.value === 'running' || run.phase.value === 'starting';
  return (
    <div class="setting-row">
      <label for="threads">Threads</label>
      <select
        id="threads"
        class="mono"
        disabled={busy || threads.offered.length === 1}
        value={String(threads.chosen.value)}
        onChange={(event) => void threads.choose(Number(event.currentTarget.value))}
      >
        {threads.offered.map((count) => (
          <option key={count}>{count}</option>
        ))}
      </select>
    </div>
  );
}

// Asks the browser only when pressed.
function NoticeRow() {
  const { notice } = useDevice();
  if (!notice.possible) return null;
  return (
    <div class="setting-row">
      <label for="notice">Tell me when a run is done</label>
      <input
        id="notice"
        type="checkbox"
        checked={notice.wanted.value}
        onChange={(event) => {
          const box = event.currentTarget;
          void notice.choose(box.checked).then(() => (box.checked = notice.wanted.value));
        }}
      />
      {notice.refused.value && (
        <Trouble>
          The browser shows no notifications of this page. Its settings for this site can allow
          them.
        </Trouble>
      )}
    </div>
  );
}
