import { Fragment } from 'preact';
import { formatCount } from '../../state/format';
import { WINDOW } from '../../state/text-view-state';
import { useApp } from '../use-app';

const idOf = (token: number) => `token-${token}`;
const moves: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -40,
  ArrowDown: 40,
  PageUp: -WINDOW,
  PageDown: WINDOW,
  Home: -Infinity,
  End: Infinity,
};

// Some hundred tokens in a row; one of them is told of: by pointing at it, or by the arrow keys.
export function TokenWindow() {
  const { textView } = useApp();
  const first = textView.first.value;
  const split = textView.splitToken.value;
  const chosen = textView.chosen.value;
  const shown = textView.shown.value;
  return (
    <>
      <TokenFacts />
      <div
        class="tokens mono"
        role="listbox"
        tabIndex={0}
        aria-label="Tokens"
        aria-activedescendant={shown.length > 0 ? idOf(chosen) : undefined}
        onKeyDown={(event) => {
          const move = moves[event.key];
          if (move === undefined) return;
          event.preventDefault();
          textView.choose(chosen + move);
        }}
        onMouseOver={(event) => {
          const { token } = (event.target as HTMLElement).dataset;
          if (token !== undefined) textView.choose(Number(token));
        }}
      >
        {shown.map((piece, i) => {
          const token = first + i;
          const held = token >= split;
          return (
            <Fragment key={token}>
              {token === split && (
                <span class="token-split small" role="presentation">
                  held out from here
                </span>
              )}
              <span
                id={idOf(token)}
                class={held ? 'text-token text-token-held' : 'text-token'}
                role="option"
                aria-selected={token === chosen}
                aria-label={piece.name}
                data-token={token}
              >
                {piece.shown}
              </span>
              {piece.breaks && <br />}
            </Fragment>
          );
        })}
      </div>
    </>
  );
}

function TokenFacts() {
  const { textView } = useApp();
  const { chosen, first, shown, analysis, splitToken } = textView;
  const piece = shown.value[chosen.value - first.value];
  if (!piece || !analysis.value) return <p class="token-facts small muted">&nbsp;</p>;
  const part = chosen.value < splitToken.value ? 'to learn from' : 'held out';
  return (
    <p class="token-facts small">
      Token <span class="mono">{formatCount(chosen.value)}</span>, {part}: {piece.name}, the model’s
      number <span class="mono">{piece.id}</span>
    </p>
  );
}
