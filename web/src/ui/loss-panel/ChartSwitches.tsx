import type { Signal } from '@preact/signals';
import { useApp } from '../use-app';

// How the chart is looked at.
export function ChartSwitches() {
  const { chart } = useApp();
  return (
    <>
      <button
        class="link small whole-run"
        type="button"
        hidden={chart.range.value === null}
        onClick={() => (chart.range.value = null)}
      >
        Whole run
      </button>
      <Switch name="Log" title="A logarithmic scale for the loss" on={chart.logarithmic} />
      <Switch name="Smooth" title="Draw the mean of neighbouring steps" on={chart.smooth} />
      <Switch name="Rates" title="Learning rate and gradient norm, below" on={chart.rates} />
    </>
  );
}

function Switch({ name, title, on }: { name: string; title: string; on: Signal<boolean> }) {
  return (
    <button
      class="switch small"
      type="button"
      title={title}
      aria-pressed={on.value}
      onClick={() => (on.value = !on.value)}
    >
      {name}
    </button>
  );
}
