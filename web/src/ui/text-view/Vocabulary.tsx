import { useComputed, useSignal } from '@preact/signals';
import { formatCount } from '../../state/format';
import { nameOf, signOf, unicodeName } from '../../text/tokens';
import { useApp } from '../use-app';

const PAGE = 200;

// The characters of the text, the most frequent first, a page at a time: there may be thousands.
export function Vocabulary() {
  const { textView } = useApp();
  const from = useSignal(0);
  const ranked = useComputed(() =>
    [...(textView.analysis.value?.vocabulary ?? [])].sort((a, b) => b.count - a.count),
  );
  const all = ranked.value.length;
  const begin = from.value < all ? from.value : 0;
  const end = Math.min(begin + PAGE, all);
  return (
    <section aria-labelledby="vocabulary-title">
      <div class="panel-head">
        <h3 id="vocabulary-title">Characters</h3>
        {all > PAGE && (
          <p class="small muted">
            <button
              class="link"
              type="button"
              aria-disabled={begin === 0}
              onClick={() => (from.value = Math.max(begin - PAGE, 0))}
            >
              Before
            </button>{' '}
            <span class="mono">
              {formatCount(begin + 1)} to {formatCount(end)}
            </span>{' '}
            of <span class="mono">{formatCount(all)}</span>{' '}
            <button
              class="link"
              type="button"
              aria-disabled={end === all}
              onClick={() => end < all && (from.value = end)}
            >
              Next
            </button>
          </p>
        )}
      </div>
      <ul class="vocabulary small mono">
        {ranked.value.slice(begin, end).map(({ codePoint, count }) => (
          <li key={codePoint} title={`${nameOf(codePoint)}, ${unicodeName(codePoint)}`}>
            <span class="vocabulary-sign">{signOf(codePoint) ?? unicodeName(codePoint)}</span>
            <span class="muted">{formatCount(count)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
