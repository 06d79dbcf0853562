import { formatCount, formatShare } from '../../state/format';
import { WINDOW } from '../../state/text-view-state';
import { useApp } from '../use-app';

// Where in the text one looks, and where it is split: a slider over all of it.
export function SplitBar() {
  const { textView } = useApp();
  const tokens = textView.tokens.value;
  const first = textView.first.value;
  const held = textView.held.value || 0;
  const split = textView.splitToken.value;
  const last = Math.min(first + WINDOW, tokens);
  return (
    <div class="split-bar">
      <svg class="split-parts" viewBox="0 0 1000 8" preserveAspectRatio="none" aria-hidden="true">
        <rect class="split-train" width={1000 * (1 - held)} height="8" />
        <rect class="split-held" x={1000 * (1 - held)} width={1000 * held} height="8" />
      </svg>
      <input
        type="range"
        aria-label="Place in the text"
        aria-valuetext={`token ${formatCount(first)} of ${formatCount(tokens)}`}
        min={0}
        max={Math.max(tokens - 1, 0)}
        step={1}
        value={first}
        onInput={(event) => textView.look(Number(event.currentTarget.value))}
      />
      <div class="split-words small muted">
        <span>
          <span class="mono">{formatShare(1 - held)}</span> to learn from
        </span>
        <span data-testid="token-range">
          tokens <span class="mono">{formatCount(first)}</span> to{' '}
          <span class="mono">{formatCount(Math.max(last - 1, 0))}</span>
        </span>
        <button
          class="link"
          type="button"
          aria-disabled={split >= tokens}
          onClick={() => split < tokens && textView.look(split - WINDOW / 2)}
        >
          Go to the split
        </button>
        <span>
          <span class="mono">{formatShare(held)}</span> held out
        </span>
      </div>
    </div>
  );
}
