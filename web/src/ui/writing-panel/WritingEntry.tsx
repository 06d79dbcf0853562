import { memo } from 'preact/compat';
import { formatCount } from '../../state/format';
import type { Writing } from '../../state/writing-state';
import { useApp } from '../use-app';
import { WritingActions } from './WritingActions';
import { WrittenTokens } from './WrittenTokens';

interface Props {
  readonly writing: Writing;
  readonly newest: boolean;
  readonly pointed: boolean; // on the chart, or here
}

// One text, with the step that it comes from and what can be done with it.
export const WritingEntry = memo(function WritingEntry({ writing, newest, pointed }: Props) {
  const { chart } = useApp();
  const { step, prompt, asked, done } = writing;
  return (
    <li
      class={`writing${pointed ? ' pointed' : ''}${newest ? ' newest' : ''}`}
      data-key={writing.key}
      onPointerEnter={() => (chart.step.value = step)}
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
        <WrittenTokens writing={writing} />
      </p>
    </li>
  );
});
