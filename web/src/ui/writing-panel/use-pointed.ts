import { useComputed } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { nearestOf } from '../../state/series';
import { useApp } from '../use-app';

// The text nearest to the step pointed at, which is brought in sight where it was pointed at on the
// chart.
export function usePointed() {
  const { chart, writing } = useApp();
  const list = useRef<HTMLOListElement>(null);
  const pointed = useComputed(() => {
    const step = chart.step.value;
    return step === null ? null : (nearestOf(writing.writings.value, step)?.key ?? null);
  }).value;
  useEffect(() => {
    const { current } = list;
    if (!pointed || !current || current.matches(':hover, :focus')) return;
    const entry = current.querySelector<HTMLElement>(`[data-key="${pointed}"]`);
    // Only the list scrolls: the chart that is being pointed at stays where it is.
    if (entry) current.scrollTop = entry.offsetTop - current.offsetTop;
  }, [pointed]);
  return { list, pointed };
}
