import { useComputed } from '@preact/signals';
import { formatCount } from '../../state/format';
import { findFaults, type Fault, type Faults } from '../../text/faults';
import { isUtf16, readingsOf } from '../../text/readings';
import { useApp } from '../use-app';

// Of a text that is no UTF-8: where, and how else it can be read.
export function FaultList() {
  const app = useApp();
  const found = useComputed(() => {
    const bytes = app.text.refused.value?.bytes;
    const readings = bytes ? readingsOf(bytes) : [];
    const faults = readings.length > 0 && bytes ? findFaults(bytes) : null;
    return faults && { faults, readings };
  }).value;
  if (!found) return null;
  const { faults, readings } = found;
  // A text in UTF-16 is faulty everywhere; there is nothing to see in places.
  const inPlaces = !readings.some(isUtf16);
  return (
    <div class="faults small">
      {inPlaces && (
        <>
          <p class="muted">{summary(faults)}</p>
          <ol>
            {faults.shown.map((fault) => (
              <Place key={fault.offset} fault={fault} />
            ))}
          </ol>
        </>
      )}
      <div class="text-actions">
        {readings.map((reading) => (
          <button
            key={reading.key}
            class="link"
            type="button"
            onClick={() => void app.bring.useReading(reading)}
          >
            {reading.offer}
          </button>
        ))}
      </div>
    </div>
  );
}

function summary({ count, more, shown }: Faults): string {
  const places = count === 1 ? '1 place is' : `${formatCount(count)} places are`;
  const first = count > shown.length ? `; the first ${shown.length}` : '';
  return `${more ? 'More than ' : ''}${places} no UTF-8${first}:`;
}

function Place({ fault: { line, column, bytes, before, after } }: { fault: Fault }) {
  return (
    <li>
      <span class="muted">
        line <span class="mono">{formatCount(line)}</span>, column{' '}
        <span class="mono">{formatCount(column)}</span>
      </span>
      <span class="fault-line mono">
        {before}
        <span class="fault-bytes">{bytes.map(hex).join(' ')}</span>
        {after}
      </span>
    </li>
  );
}

function hex(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
