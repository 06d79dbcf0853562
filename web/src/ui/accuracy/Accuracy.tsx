import { useComputed } from '@preact/signals';
import { corpusOf } from '../../corpora/corpora';
import type { Score } from '../../state/accuracy-state';
import type { Text } from '../../state/text-state';
import { formatCount, formatShare, NOTHING } from '../../state/format';
import { useApp } from '../use-app';
import './Accuracy.css';

const WIDTH = 160;
const HEIGHT = 28;

// Beside the loss of a task: how many held-out questions the model answers right, over the steps,
// and one that it did not. Its place is there as soon as a task's text is chosen.
export function Accuracy() {
  const { accuracy, run, text } = useApp();
  const shown = useComputed(
    () => [run.run.value?.text, text.text.value].some(isTask) || accuracy.latest.value !== null,
  );
  const latest = accuracy.latest.value;
  if (!shown.value) return null;
  return (
    <div class="accuracy">
      <dl>
        <dt class="small muted">accuracy</dt>
        <dd class={latest ? 'mono' : 'mono muted'} data-testid="accuracy">
          {latest ? formatShare(latest.right / latest.of) : NOTHING}
        </dd>
      </dl>
      <History />
      <p class="small muted accuracy-words">{latest ? <Words score={latest} /> : UNTRIED}</p>
    </div>
  );
}

function isTask(text: Text | null | undefined): boolean {
  return corpusOf(text?.corpus ?? null)?.draw != null;
}

const UNTRIED =
  'How many questions that are not in the text it answers to the last character, at each evaluation.';

function Words({ score: { step, right, of, mistake } }: { score: Score }) {
  return (
    <>
      <span class="mono">{`${right} of ${of}`}</span> held-out questions at step{' '}
      <span class="mono">{formatCount(step)}</span>.{' '}
      {mistake && (
        <>
          Not this one: <span class="mono">{mistake.prompt + mistake.written}</span>; it is{' '}
          <span class="mono">{mistake.answer}</span>.
        </>
      )}
    </>
  );
}

// The accuracy over the steps of the run, from nothing at the bottom to all at the top.
function History() {
  const { accuracy, run } = useApp();
  const points = useComputed(() => {
    const steps = Math.max(run.steps.value, 1);
    return accuracy.scores.value.map(({ step, right, of }) => [
      Math.min(step / steps, 1) * WIDTH,
      (1 - right / of) * HEIGHT,
    ]);
  });
  const last = points.value.at(-1);
  return (
    <svg class="accuracy-history" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
      <path class="accuracy-frame" d={`M0 0H${WIDTH}M0 ${HEIGHT}H${WIDTH}`} />
      <polyline points={points.value.map((point) => point.join()).join(' ')} />
      {last && <circle cx={last[0]} cy={last[1]} r="2.5" />}
    </svg>
  );
}
