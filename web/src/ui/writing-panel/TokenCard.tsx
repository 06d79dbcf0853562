import type { ReadonlySignal } from '@preact/signals';
import { formatChance } from '../../state/format';
import { shownToken, tokenSentence } from '../../state/words';
import type { PointedToken } from './use-tokens';
import './TokenCard.css';

const WIDTH = 176; // as TokenCard.css has it
const ROOM = 180; // below a token, less of which puts the card above it
const GAP = 6;

// What the token pointed at might have been: the likeliest, by the model itself.
export function TokenCard({ token: pointed }: { token: ReadonlySignal<PointedToken | null> }) {
  const at = pointed.value;
  const said = at?.byKey ? tokenSentence(at.token) : '';
  return (
    <>
      <p class="visually-hidden" role="status">
        {said}
      </p>
      {at && <Card {...at} />}
    </>
  );
}

function Card({ token, box }: PointedToken) {
  const left = Math.max(GAP, Math.min(box.left, innerWidth - WIDTH - GAP));
  const below = innerHeight - box.bottom > ROOM;
  const style = below
    ? { left: `${left}px`, top: `${box.bottom + GAP}px` }
    : { left: `${left}px`, bottom: `${innerHeight - box.top + GAP}px` };
  const listed = token.alternatives.some(({ text }) => text === token.text);
  const rows = listed
    ? token.alternatives
    : [...token.alternatives, { text: token.text, probability: token.probability }];
  return (
    <ol class="token-card mono small" style={style} aria-hidden="true">
      {rows.map(({ text, probability }) => (
        <li key={text} class={text === token.text ? 'chosen' : undefined}>
          <span class="token-text">{shownToken(text)}</span>
          <span class="token-chance">{formatChance(probability)}</span>
          <span class="token-bar" style={{ transform: `scaleX(${probability})` }} />
        </li>
      ))}
    </ol>
  );
}
