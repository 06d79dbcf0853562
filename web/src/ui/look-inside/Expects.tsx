import { formatChance, formatLoss } from '../../state/format';
import { shownToken } from '../../state/words';
import { PER_STAGE } from '../../inspect/expects-state';
import { LensTable } from './LensTable';
import { stageName } from './names';
import { Parts } from './Parts';
import { TokenRow } from './TokenRow';
import { useInspect } from './use-inspect';

// Shades of surprise end here: a token held likely by one in e^6, 400.
const MOST_SURPRISED = 6;

// What the model expects at every position, after every layer; how much each token surprises it; and
// what becomes of that without a head or an MLP.
export function Expects() {
  return (
    <div class="inside-expects">
      <section aria-labelledby="inside-surprise-title">
        <h3 id="inside-surprise-title">Surprise</h3>
        <Surprise />
        <h3>After every layer</h3>
        <p class="small muted">
          What the head reads off the stream after each layer, as if the model ended there; the top
          row is the model. Darker where it is more certain.
        </p>
        <LensTable />
        <h3>What comes next here</h3>
        <Stages />
      </section>
      <section aria-labelledby="inside-parts-title">
        <h3 id="inside-parts-title">Switch a part off</h3>
        <Parts />
      </section>
    </div>
  );
}

function Surprise() {
  const state = useInspect();
  const surprises = state.surprises.value;
  const loss = state.passage.value?.loss ?? NaN;
  return (
    <>
      <p class="small muted">
        <Loss loss={loss} /> The darker a token, the less it was expected.
      </p>
      <TokenRow
        label="Tokens by how much they surprise the model"
        shade={(at) => Math.min((surprises?.[at] ?? 0) / MOST_SURPRISED, 1) || 0}
        describe={(at) =>
          at === 0 && state.passage.value?.first === 0
            ? 'with nothing before it'
            : `${formatLoss(surprises?.[at])} nats`
        }
      />
    </>
  );
}

function Loss({ loss }: { loss: number }) {
  if (!Number.isFinite(loss)) return <>One token alone surprises nobody.</>;
  return (
    <>
      <span class="mono inside-loss" data-testid="passage-loss">
        {formatLoss(loss)}
      </span>{' '}
      nats a token: as uncertain as between <span class="mono">{Math.exp(loss).toFixed(1)}</span>{' '}
      equally likely ones.
    </>
  );
}

// The distribution after the chosen token, stage by stage.
function Stages() {
  const state = useInspect();
  const found = state.expects.expectations.value;
  const { pieces } = state.model.value!;
  const passage = state.passage.value!;
  if (!found) return <p class="small muted">Looking.</p>;
  const stages = found.next.length;
  const here = state.pieces.value[found.position] ?? '';
  const next = passage.ids[passage.first + found.position + 1];
  return (
    <>
      <p class="small muted" aria-live="polite">
        After “<span class="mono">{shownToken(here)}</span>”, token{' '}
        <span class="mono">{found.position + 1}</span>
        {next === undefined ? (
          ', the last one.'
        ) : (
          <>
            ; “<span class="mono">{shownToken(pieces[next] ?? '')}</span>” comes.
          </>
        )}
      </p>
      <div class="inside-scroll" tabIndex={0} role="group" aria-label="Likeliest tokens by stage">
        <table class="inside-stages small mono" data-testid="stages">
          <thead>
            <tr>
              <th scope="col">after</th>
              <th scope="col" colSpan={PER_STAGE}>
                likeliest
              </th>
              <th scope="col">the next</th>
            </tr>
          </thead>
          <tbody>
            {Array.from({ length: stages }, (_, i) => stages - 1 - i).map((stage) => (
              <tr key={stage}>
                <th scope="row">{stageName(stage)}</th>
                {Array.from({ length: found.perStage }, (_, i) => {
                  const id = found.ids[stage * found.perStage + i]!;
                  const chance = found.probabilities[stage * found.perStage + i]!;
                  return (
                    <td key={i} class={id === next ? 'inside-comes' : ''}>
                      <span class="inside-guess">{shownToken(pieces[id] ?? '')}</span>
                      <span class="muted">{formatChance(chance)}</span>
                      <span class="inside-bar-line" style={{ transform: `scaleX(${chance})` }} />
                    </td>
                  );
                })}
                <td>{formatChance(found.next[stage]!)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
