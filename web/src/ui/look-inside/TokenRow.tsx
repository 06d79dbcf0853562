import { shownToken } from '../../state/words';
import { useInspect } from './use-inspect';

const moves: Readonly<Record<string, number>> = {
  ArrowLeft: -1,
  ArrowRight: 1,
  ArrowUp: -1,
  ArrowDown: 1,
  Home: -Infinity,
  End: Infinity,
};

interface Props {
  readonly label: string;
  readonly describe: (at: number) => string; // of a token, for those who do not see its shade
  readonly shade: (at: number) => number; // from 0 to 1
}

// The tokens looked at, shaded; one of them is told of: by pointing at it, or by the arrow keys.
export function TokenRow({ label, describe, shade }: Props) {
  const state = useInspect();
  const chosen = state.position.value;
  const pieces = state.pieces.value;
  const point = (event: Event) => {
    const { token } = (event.target as HTMLElement).dataset;
    if (token !== undefined) state.choose(Number(token));
  };
  return (
    <div
      class="inside-tokens mono"
      role="listbox"
      tabIndex={0}
      aria-label={label}
      aria-activedescendant={`inside-token-${chosen}`}
      onKeyDown={(event) => {
        const move = moves[event.key];
        if (move === undefined) return;
        event.preventDefault();
        state.choose(chosen + move);
      }}
      onMouseOver={point}
      onClick={point}
    >
      {pieces.map((piece, at) => (
        <span
          key={at}
          id={`inside-token-${at}`}
          class={`inside-token ${shadeClass(shade(at))}`}
          role="option"
          aria-selected={at === chosen}
          aria-label={`${shownToken(piece)}, ${describe(at)}`}
          data-token={at}
        >
          {shownToken(piece)}
        </span>
      ))}
    </div>
  );
}

// Nine shades, of which the last still leaves ink legible.
export function shadeClass(share: number): string {
  return share > 0 ? `inside-shade-${Math.min(Math.ceil(share * 8), 8)}` : '';
}
