import { useApp } from '../use-app';
import { RunMark } from './RunMark';

// What is not the same in the runs that are on the chart.
export function Differences() {
  const { beside, library } = useApp();
  const runs = beside.compared.value;
  if (runs.length < 2) return null;
  const rows = beside.differences.value;
  if (rows.length === 0) return <p class="small muted">The runs shown have the same recipe.</p>;
  return (
    <div class="differences small" tabIndex={0} role="region" aria-label="What differs">
      <table>
        <thead>
          <tr>
            <th scope="col">differs</th>
            {runs.map((record) => (
              <th key={record.id} scope="col">
                <RunMark record={record.id === library.openId.value ? null : record} />
                <span class="visually-hidden">{record.name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ label, values }) => (
            <tr key={label}>
              <th scope="row">{label}</th>
              {values.map((value, i) => (
                <td key={i} class="mono">
                  {value}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
