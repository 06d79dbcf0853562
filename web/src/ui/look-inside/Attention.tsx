import { formatChance, formatCount } from '../../state/format';
import { shownToken } from '../../state/words';
import { AttentionMap } from './AttentionMap';
import { headName } from './names';
import { Heat } from './Heat';
import { shadeOfWeight } from './heat';
import { TokenRow } from './TokenRow';
import { useInspect } from './use-inspect';

const MOST_NAMED = 6; // tokens of a row

// Where each head looks: all of them small, one large, and one row of it in words.
export function Attention() {
  const state = useInspect();
  const map = state.attention.map.value;
  const size = state.passage.value?.length ?? 0;
  if (!map || map.length !== size * size) return <p class="small muted">Looking.</p>;
  const at = state.position.value;
  const row = map.subarray(at * size, (at + 1) * size);
  return (
    <div class="inside-attention">
      <section class="inside-heads-part" aria-labelledby="inside-heads-title">
        <h3 id="inside-heads-title">All heads</h3>
        <p class="small muted">A row of squares is a layer; press a head to see it large.</p>
        <HeadGrid size={size} />
        <Legend />
        <OverTraining />
      </section>
      <section aria-labelledby="inside-head-title">
        <h3 id="inside-head-title">{headName(state.attention.head.value)}</h3>
        <p class="small muted">
          Each row is a token and says how much it looks at those before it.
        </p>
        <AttentionMap map={map} size={size} />
      </section>
      <section class="inside-row-part" aria-labelledby="inside-row-title">
        <h3 id="inside-row-title">One token’s row</h3>
        <p class="small muted">Point at a token, or use the arrow keys.</p>
        <TokenRow
          label={`Tokens by how much “${shownToken(state.pieces.value[at] ?? '')}” looks at them`}
          shade={(token) => shadeOfWeight(row[token] ?? 0)}
          describe={(token) => formatChance(row[token] ?? 0)}
        />
        <Attended row={row} at={at} />
      </section>
    </div>
  );
}

function HeadGrid({ size }: { size: number }) {
  const state = useInspect();
  const { layers, heads } = state.model.value!;
  const { layer: chosenLayer, head: chosenHead } = state.attention.head.value;
  return (
    <div class="inside-heads">
      {Array.from({ length: layers }, (_, i) => layers - 1 - i).map((layer) => (
        <div key={layer} class="inside-layer" role="group" aria-label={`Layer ${layer + 1}`}>
          <span class="small muted mono inside-layer-name" aria-hidden="true">
            {layer + 1}
          </span>
          {Array.from({ length: heads }, (_, head) => (
            <button
              key={head}
              class="inside-head-button"
              type="button"
              aria-pressed={layer === chosenLayer && head === chosenHead}
              aria-label={headName({ layer, head })}
              onClick={() => (state.attention.head.value = { layer, head })}
            >
              <Heat
                map={state.attention.mapOf({ layer, head }) ?? new Float32Array()}
                size={size}
                class="inside-small-map"
              />
            </button>
          ))}
          <button
            class="inside-mean link small"
            type="button"
            aria-pressed={layer === chosenLayer && chosenHead === 'mean'}
            aria-label={headName({ layer, head: 'mean' })}
            onClick={() => (state.attention.head.value = { layer, head: 'mean' })}
          >
            mean
          </button>
        </div>
      ))}
    </div>
  );
}

// The same maps at earlier steps.
function OverTraining() {
  const { snapshots } = useInspect().attention;
  const all = snapshots.all.value;
  if (all.length < 2) return null;
  const last = all.length - 1;
  const at = snapshots.chosen.value ?? last;
  const step = formatCount(all[at]!.step);
  return (
    <label class="inside-epsilon small">
      <span class="muted">at step</span>
      <input
        type="range"
        min={0}
        max={last}
        value={at}
        aria-valuetext={step}
        onInput={(event) => {
          const chosen = Number(event.currentTarget.value);
          snapshots.chosen.value = chosen === last ? null : chosen;
        }}
      />
      <span class="mono" data-testid="map-step">
        {step}
      </span>
    </label>
  );
}

const steps = [0, 0.05, 0.1, 0.25, 0.5, 1];

function Legend() {
  return (
    <ul class="inside-legend small muted" aria-label="What a shade means">
      {steps.map((weight) => (
        <li key={weight}>
          <span class="inside-swatch" style={{ opacity: shadeOfWeight(weight) }} />
          <span class="mono">{weight}</span>
        </li>
      ))}
    </ul>
  );
}

// The row in words: what is looked at most, and what all of it comes to.
function Attended({ row, at }: { row: Float32Array; at: number }) {
  const state = useInspect();
  const pieces = state.pieces.value;
  const ranked = Array.from(row.subarray(0, at + 1), (weight, token) => ({ weight, token })).sort(
    (a, b) => b.weight - a.weight,
  );
  const sum = ranked.reduce((total, { weight }) => total + weight, 0);
  const name = (token: number) => shownToken(pieces[token] ?? '');
  return (
    <>
      <p class="small" aria-live="polite">
        Token <span class="mono">{at + 1}</span>, “<span class="mono">{name(at)}</span>”, looks most
        at:
      </p>
      <ol class="inside-bars small mono" data-testid="attended">
        {ranked.slice(0, MOST_NAMED).map(({ weight, token }) => (
          <li key={token}>
            <span>{name(token)}</span>
            <span class="muted">{token === at ? 'itself' : `${at - token} before`}</span>
            <span>{weight.toFixed(3)}</span>
            <span class="inside-bar-line" style={{ transform: `scaleX(${weight})` }} />
          </li>
        ))}
      </ol>
      <p class="small muted">
        The {at + 1 === 1 ? 'one weight comes' : `${at + 1} weights of this row come`} to{' '}
        <span class="mono" data-testid="row-sum">
          {sum.toFixed(6)}
        </span>
        : a softmax always gives away exactly all of its attention.
      </p>
    </>
  );
}
