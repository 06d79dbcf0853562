import { useComputed } from '@preact/signals';
import { factsAt } from '../../state/step-facts';
import { stepSentence } from '../../state/words';
import { useApp } from '../use-app';

const ZOOM = 1.6;
const STRIDE = 10; // hundredths of the view

// The chart by keyboard: a slider over its steps, which a screen reader reads out.
export function ChartCursor() {
  const app = useApp();
  const { chart, run } = app;
  const { steps } = app.control;
  const text = useComputed(() => {
    const step = chart.step.value;
    return step === null ? 'no step' : stepSentence(step, factsAt(run, app.writing, step));
  });
  const move = (hundredths: number) => chart.move(hundredths, run.step.peek(), steps.peek());
  const keys: Record<string, (shift: boolean) => void> = {
    ArrowLeft: (shift) => (shift ? chart.pan(-0.1, steps.peek()) : move(-1)),
    ArrowRight: (shift) => (shift ? chart.pan(0.1, steps.peek()) : move(1)),
    ArrowDown: () => move(-1),
    ArrowUp: () => move(1),
    PageDown: () => move(-STRIDE),
    PageUp: () => move(STRIDE),
    Home: () => chart.pointAt(1, run.step.peek(), steps.peek()),
    End: () => chart.pointAt(Infinity, run.step.peek(), steps.peek()),
    '+': () => chart.zoom(1 / ZOOM, steps.peek()),
    '=': () => chart.zoom(1 / ZOOM, steps.peek()),
    '-': () => chart.zoom(ZOOM, steps.peek()),
    '0': () => (chart.range.value = null),
    Escape: () => (chart.step.value = null),
  };
  return (
    <div
      class="chart-cursor"
      role="slider"
      tabIndex={0}
      aria-label="Step on the chart"
      aria-describedby="chart-keys"
      aria-valuemin={0}
      aria-valuemax={run.step.value}
      aria-valuenow={chart.step.value ?? 0}
      aria-valuetext={text.value}
      onKeyDown={(event) => {
        const act = keys[event.key];
        if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
        event.preventDefault();
        event.stopPropagation();
        act(event.shiftKey);
      }}
      onBlur={() => (chart.step.value = null)}
    />
  );
}
