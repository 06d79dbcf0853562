import { useApp } from '../use-app';
import './Hint.css';

// One line between the head and the work, in a place of its own: it covers nothing, and is as high
// for each sentence as for the next.
export function Hint() {
  const { hint, received } = useApp();
  const words = hint.hint.value;
  // Whoever comes by a link is told of that first.
  if (words === null || received.shared.value) return null;
  return (
    <aside class="hint small" aria-label="Hint">
      <p role="status">{words}</p>
      <button class="link" type="button" onClick={() => hint.dismiss()}>
        No more hints
      </button>
    </aside>
  );
}
