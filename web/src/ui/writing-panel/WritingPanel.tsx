import { useComputed } from '@preact/signals';
import { formatCount } from '../../state/format';
import { useApp } from '../use-app';
import { TokenStrip } from './TokenStrip';
import { usePointed } from './use-pointed';
import { useTokens } from './use-tokens';
import { WritingEntry } from './WritingEntry';
import './WritingPanel.css';

// What the model wrote at each evaluation and when asked, newest first.
export function WritingPanel() {
  const { writing } = useApp();
  const writings = writing.writings.value;
  const { list, pointed } = usePointed();
  const { token, handlers } = useTokens(list);
  const shaded = writing.shaded.value;
  return (
    <section class="writing-panel" aria-labelledby="writing-title">
      <div class="panel-head writing-head">
        <h2 id="writing-title">Writing</h2>
        <span class="small muted writing-order">newest first</span>
        <button
          class="switch small"
          type="button"
          title="Shade each token by how likely the model found it: the darker, the less"
          aria-pressed={shaded}
          onClick={() => (writing.shaded.value = !shaded)}
        >
          Probabilities
        </button>
      </div>
      {writings.length === 0 ? (
        <Nothing />
      ) : (
        <ol
          class={shaded ? 'writings shaded' : 'writings'}
          ref={list}
          tabIndex={0}
          aria-label="What the model wrote"
          aria-describedby="token-keys"
          {...handlers}
        >
          {writings.map((each, i) => (
            <WritingEntry
              key={each.key}
              writing={each}
              newest={i === 0}
              pointed={each.key === pointed}
            />
          ))}
        </ol>
      )}
      <p class="visually-hidden" id="token-keys">
        The left and right arrows go through the tokens and tell what else each might have been.
      </p>
      <TokenStrip token={token} any={writings.length > 0} />
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
