import { useComputed } from '@preact/signals';
import { announcement } from '../../state/words';
import { useApp } from '../use-app';

// Tells a screen reader what a glance tells others: each change of phase, each evaluation.
export function Announcer() {
  const { run } = useApp();
  const words = useComputed(() =>
    announcement(run.phase.value, run.step.peek(), run.steps.peek(), run.evaluation.value),
  );
  return (
    <p class="visually-hidden" role="status">
      {words}
    </p>
  );
}
