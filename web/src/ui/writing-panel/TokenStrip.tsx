import type { ReadonlySignal } from '@preact/signals';
import type { WrittenToken } from '../../protocol/to-page';
import { formatChance } from '../../state/format';
import { shownToken, tokenSentence } from '../../state/words';
import type { PointedToken } from './use-tokens';
import './TokenStrip.css';

// As the hand at this device does it.
const POINT = matchMedia('(hover: none)').matches ? 'Tap' : 'Point at';

interface Props {
  readonly token: ReadonlySignal<PointedToken | null>;
  readonly any: boolean; // token to point at
}

// What the token pointed at might have been: the likeliest, by the model itself. It has a place of
// its own, so that it never covers what is being read.
export function TokenStrip({ token: pointed, any }: Props) {
  const at = pointed.value;
  const said = at?.byKey ? tokenSentence(at.token) : '';
  return (
    <>
      <p class="visually-hidden" role="status">
        {said}
      </p>
      {at ? (
        <Alternatives token={at.token} />
      ) : (
        <div class="token-strip small muted" aria-hidden="true">
          {any && <p>{POINT} a letter or word to see what else it might have been.</p>}
        </div>
      )}
    </>
  );
}

function Alternatives({ token }: { token: WrittenToken }) {
  const { piece: chosen = token.text, probability, alternatives } = token;
  const listed = alternatives.some(({ text }) => text === chosen);
  const all = listed ? alternatives : [...alternatives, { text: chosen, probability }];
  return (
    <ol class="token-strip told mono small" aria-hidden="true">
      {all.map(({ text, probability }) => (
        <li key={text} class={text === chosen ? 'chosen' : undefined}>
          <span class="token-text">{shownToken(text)}</span>
          <span class="token-chance muted">{formatChance(probability)}</span>
          <span class="token-bar" style={{ transform: `scaleX(${probability})` }} />
        </li>
      ))}
    </ol>
  );
}
