import { memo } from 'preact/compat';
import { useState } from 'preact/hooks';
import { formatCount } from '../../state/format';
import type { Writing } from '../../state/writing-state';
import { useApp } from '../use-app';
import { WritingActions } from './WritingActions';
import { WrittenText, WrittenTokens } from './WrittenTokens';

interface Props {
  readonly writing: Writing;
  readonly newest: boolean;
  readonly pointed: boolean; // on the chart, or here
}

// One text, with the step that it comes from and what can be done with it.
export const WritingEntry = memo(function WritingEntry({ writing, newest, pointed }: Props) {
  const { chart, writing: all } = useApp();
  const { step, prompt, asked, done, text } = writing;
  const [visited, visit] = useState(false);
  // A span a token costs time; of a long history most are never looked at so closely.
  const closely = newest || asked || visited || all.shaded.value;
  return (
    <li
      class={`writing${pointed ? ' pointed' : ''}${newest ? ' newest' : ''}`}
      data-key={writing.key}
      onPointerEnter={() => {
        visit(true);
        chart.step.value = step;
      }}
      onPointerLeave={() => (chart.step.value = null)}
    >
      <div class="writing-line small">
        <p class="muted writing-step">
          <span class="mono">step {formatCount(step)}</span>
          {asked && ' from your prompt'}
        </p>
        <WritingActions writing={writing} reachable={newest || pointed} />
      </div>
      <p class={done.value ? 'written' : 'written streaming'}>
        <span class="written-prompt">{prompt}</span>
        {closely ? <WrittenTokens writing={writing} /> : <WrittenText text={text.value} />}
      </p>
    </li>
  );
});
