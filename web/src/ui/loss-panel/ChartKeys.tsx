// What the keys do on the chart; in sight while it has the focus by keyboard.
export function ChartKeys() {
  return (
    <p class="chart-keys small muted" id="chart-keys">
      <kbd>← →</kbd> step · <kbd>+ −</kbd> zoom · <kbd>Shift ← →</kbd> move · <kbd>0</kbd> all
    </p>
  );
}
