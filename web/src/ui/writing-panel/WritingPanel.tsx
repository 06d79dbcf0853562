import { useComputed } from '@preact/signals';
import { memo } from 'preact/compat';
import { formatCount } from '../../state/format';
import type { Writing } from '../../state/writing-state';
import { useApp } from '../use-app';
import './WritingPanel.css';

// What the model wrote at each evaluation and when asked, newest first.
export function WritingPanel() {
  const { writing } = useApp();
  const writings = writing.writings.value;
  return (
    <section class="writing-panel" aria-labelledby="writing-title">
      <div class="panel-head writing-head">
        <h2 id="writing-title">Writing</h2>
        <span class="small muted">newest first</span>
      </div>
      {writings.length === 0 ? (
        <Nothing />
      ) : (
        <ol class="writings" tabIndex={0} aria-label="What the model wrote">
          {writings.map((each) => (
            <Entry key={each.key} writing={each} />
          ))}
        </ol>
      )}
    </section>
  );
}

function Nothing() {
  const { run, recipe } = useApp();
  const every = useComputed(
    () => run.run.value?.recipe.eval_every ?? recipe.recipe.value?.eval_every,
  );
  return (
    <p class="muted writing-empty">
      Here the model writes, before it has learned anything and then every{' '}
      <span class="mono">{formatCount(Number(every.value))}</span> steps: first noise, then letters
      that keep company, then words.
    </p>
  );
}

const Entry = memo(function Entry({ writing }: { writing: Writing }) {
  const { step, prompt, asked, text, done } = writing;
  return (
    <li class="writing">
      <p class="small muted writing-step">
        <span class="mono">step {formatCount(step)}</span>
        {asked && ' from your prompt'}
      </p>
      <p class={done.value ? 'written' : 'written streaming'}>
        <span class="written-prompt">{prompt}</span>
        {text}
      </p>
    </li>
  );
});
