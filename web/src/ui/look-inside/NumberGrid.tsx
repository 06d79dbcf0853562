import { useEffect, useRef } from 'preact/hooks';
import { SHOWN_COLUMNS } from '../../inspect/numbers-state';
import { formatCount } from '../../state/format';
import { shownToken } from '../../state/words';
import { columnName } from './columns';
import { placeOf } from './ops';
import { plain } from './plain';
import { useInspect } from './use-inspect';
import './Numbers.css';

const moves: Readonly<Record<string, readonly [rows: number, columns: number]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
  PageUp: [0, -SHOWN_COLUMNS],
  PageDown: [0, SHOWN_COLUMNS],
  Home: [0, -Infinity],
  End: [0, Infinity],
};

// Some of a tensor's numbers: a row for each position, a column for each channel. One of them is
// chosen, by pointing or by the arrow keys, which go on to the next columns.
export function NumberGrid() {
  const { numbers, pieces, model, place } = useInspect();
  const window = numbers.window.value;
  const { matrices, rows, columns } = numbers.shape.value;
  const row = numbers.row.value;
  const column = numbers.column.value;
  const grid = useRef<HTMLTableElement>(null);
  const moved = useRef(false);
  useEffect(() => {
    const chosen = grid.current?.querySelector<HTMLElement>('[aria-selected="true"]');
    if (!moved.current || !chosen) return; // its columns are still to come
    chosen.focus();
    moved.current = false;
  }, [window, row, column]);
  if (!window || window.tensor !== numbers.tensor.value) return null;
  const [, key] = placeOf(place.value);
  const tokens = pieces.value.map(shownToken);
  const width = Math.min(SHOWN_COLUMNS, columns - window.column);
  const name = (at: number) => columnName(key, at, { tokens, vocabulary: model.value!.pieces });
  const go = (by: readonly [number, number]) => {
    const to = (at: number, many: number, of: number) => Math.min(Math.max(at + many, 0), of - 1);
    moved.current = true;
    // Where it is now: keys may come faster than they are drawn.
    const [row, column] = [numbers.row.peek(), numbers.column.peek()];
    void numbers.choose(to(row, by[0], rows), to(column, by[1], columns));
  };
  const page = (by: number) =>
    void numbers.choose(
      row,
      Math.min(Math.max(window.column + by * SHOWN_COLUMNS, 0), columns - 1),
    );
  return (
    <>
      <div class="inside-window-bar small">
        {matrices > 1 && (
          <label>
            <span class="muted">head</span>{' '}
            <select
              value={numbers.matrix.value}
              onChange={(event) =>
                void numbers.choose(row, column, Number(event.currentTarget.value))
              }
            >
              {Array.from({ length: matrices }, (_, i) => (
                <option key={i} value={i}>
                  {i + 1} of {matrices}
                </option>
              ))}
            </select>
          </label>
        )}
        <span class="muted" data-testid="window-columns">
          columns{' '}
          <span class="mono">
            {formatCount(window.column)} to {formatCount(window.column + width - 1)}
          </span>{' '}
          of <span class="mono">{formatCount(columns)}</span>
        </span>
        <button
          class="link"
          type="button"
          aria-disabled={window.column === 0}
          onClick={() => page(-1)}
        >
          Columns before
        </button>
        <button
          class="link"
          type="button"
          aria-disabled={window.column + SHOWN_COLUMNS >= columns}
          onClick={() => page(1)}
        >
          Columns after
        </button>
      </div>
      <div class="inside-window">
        <table
          ref={grid}
          class="small mono"
          role="grid"
          aria-label={`Numbers of ${place.value}`}
          aria-rowcount={rows + 1}
          aria-colcount={columns + 1}
          data-testid="numbers-grid"
          onKeyDown={(event) => {
            const by = moves[event.key];
            if (!by) return;
            event.preventDefault();
            event.stopPropagation(); // the tour's arrows are not meant
            go(by);
          }}
        >
          <thead>
            <tr>
              <td />
              {Array.from({ length: width }, (_, i) => (
                <th key={i} scope="col" aria-colindex={window.column + i + 2}>
                  {name(window.column + i)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: rows }, (_, r) => (
              <tr key={r}>
                <th scope="row">{rows > 1 ? (tokens[r] ?? r) : ''}</th>
                {Array.from({ length: width }, (_, i) => {
                  const chosen = r === row && window.column + i === column;
                  return (
                    <td
                      key={i}
                      role="gridcell"
                      aria-colindex={window.column + i + 2}
                      aria-selected={chosen}
                      tabIndex={chosen ? 0 : -1}
                      onClick={() => {
                        moved.current = true;
                        void numbers.choose(r, window.column + i);
                      }}
                    >
                      {plain(window.values[r * width + i] ?? NaN)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
