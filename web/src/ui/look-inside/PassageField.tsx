import { useEffect, useRef, useState } from 'preact/hooks';
import { formatCount } from '../../state/format';
import { useInspect } from './use-inspect';

const PATIENCE_MS = 250; // after the last key, before a text is read

// The text that is looked at: any that the model can read.
export function PassageField() {
  const state = useInspect();
  const [draft, setDraft] = useState(state.text.value);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);
  useEffect(() => setDraft(state.text.value), [state.text.value]);
  const read = (text: string, after: number) => {
    setDraft(text);
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = setTimeout(() => void state.read(text), after);
  };
  const problem = draft === '' ? null : state.textProblem.value;
  const useWritten = () => {
    const written = state.written();
    if (written !== null) read(written, 0);
  };
  return (
    <div class="inside-passage">
      <label class="small muted" for="inside-text">
        Text to look at
      </label>
      <textarea
        id="inside-text"
        class="inside-text mono"
        rows={1}
        spellcheck={false}
        value={draft}
        aria-invalid={problem !== null}
        aria-describedby="inside-text-facts"
        onInput={(event) => read(event.currentTarget.value, PATIENCE_MS)}
      />
      <p class="small inside-text-facts" id="inside-text-facts" aria-live="polite">
        {problem ? <span class="trouble">{problem}</span> : <Length />}
      </p>
      <button class="link small" type="button" onClick={useWritten}>
        Use the newest writing
      </button>
    </div>
  );
}

// How long the text is; where not all of it is looked at together, which part, and others.
function Length() {
  const state = useInspect();
  const passage = state.passage.value;
  if (!passage) return <span class="muted">Type or paste some words.</span>;
  const all = passage.ids.length;
  const { first, length } = passage;
  if (length === all) return <span class="muted">{formatCount(all)} tokens</span>;
  const half = Math.max(Math.floor(length / 2), 1);
  return (
    <span class="muted">
      tokens {formatCount(first + 1)} to {formatCount(first + length)} of {formatCount(all)}{' '}
      <button class="link" type="button" onClick={() => void state.look(first - half)}>
        Before
      </button>{' '}
      <button class="link" type="button" onClick={() => void state.look(first + half)}>
        After
      </button>
    </span>
  );
}
