import { formatLoss } from '../../state/format';
import { shownToken } from '../../state/words';
import { MLP, type Part } from '../../inspect/messages';
import { partName } from './names';
import { useInspect } from './use-inspect';

// "+0.031": of what is zero only as far as it is shown, without a sign.
function signed(value: number): string {
  const words = value.toFixed(3);
  return value > 0 && Number(words) !== 0 ? `+${words}` : words;
}

// A text of nothing but spaces is one that can be seen.
const seen = (text: string) => (text.trim() === '' ? shownToken(text) : text);

// Every head and MLP as a switch that says how much worse the text goes without it; and how the
// text goes on, with and without what is off.
export function Parts() {
  const state = useInspect();
  const { layers, heads } = state.model.value!;
  const off = state.off.value;
  const loss = state.passage.value?.loss ?? NaN;
  const whole = state.whole.value;
  return (
    <>
      <p class="small muted">
        Each number is how much the loss rises without that part. Press to switch it off.
      </p>
      <div class="inside-parts">
        {Array.from({ length: layers }, (_, i) => layers - 1 - i).map((layer) => (
          <div key={layer} class="inside-layer" role="group" aria-label={`Layer ${layer + 1}`}>
            <span class="small muted mono inside-layer-name" aria-hidden="true">
              {layer + 1}
            </span>
            {[...Array(heads).keys(), MLP].map((head) => (
              <Switch key={head} part={{ layer, head }} />
            ))}
          </div>
        ))}
      </div>
      <div class="inside-off small">
        <p aria-live="polite">
          {off.length === 0 ? (
            <span class="muted">Everything is on.</span>
          ) : (
            <>
              Off: {off.map(partName).join('; ')}. The loss is{' '}
              <span class="mono" data-testid="off-loss">
                {formatLoss(loss)}
              </span>
              , <span class="mono">{signed(loss - (whole?.loss ?? NaN))}</span>.
            </>
          )}
        </p>
        {off.length > 0 && (
          <button class="link" type="button" onClick={() => void state.allOn()}>
            All on
          </button>
        )}
      </div>
      <h3>How it goes on, likeliest token by token</h3>
      <dl class="inside-goes-on small">
        <div>
          <dt class="muted">whole</dt>
          <dd class="mono" data-testid="goes-on-whole">
            {seen(whole?.goesOn ?? '')}
          </dd>
        </div>
        {off.length > 0 && (
          <div>
            <dt class="muted">without</dt>
            <dd class="mono" data-testid="goes-on">
              {seen(state.expects.goesOn.value ?? '')}
            </dd>
          </div>
        )}
      </dl>
    </>
  );
}

function Switch({ part }: { part: Part }) {
  const state = useInspect();
  const { heads } = state.model.value!;
  const on = state.isOn(part);
  const index = part.layer * (heads + 1) + (part.head === MLP ? heads : part.head);
  const worth = state.expects.worth.value?.[index] ?? NaN;
  const words = Number.isFinite(worth) ? signed(worth) : '';
  return (
    <button
      class="inside-switch small"
      type="button"
      aria-pressed={on}
      aria-label={`${partName(part)}, worth ${words}`}
      onClick={() => void state.toggle(part)}
    >
      <span>{part.head === MLP ? 'MLP' : `head ${part.head + 1}`}</span>
      <span class="mono">{words}</span>
    </button>
  );
}
