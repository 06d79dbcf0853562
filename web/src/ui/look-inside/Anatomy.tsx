import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { formatBytes, formatCount } from '../../state/format';
import type { AnatomyTensor } from '../../inspect/messages';
import { Diagram, Legend } from './Diagram';
import { OpFacts } from './OpFacts';
import { bytesOf, placeOf } from './ops';
import { useInspect } from './use-inspect';

const PLACE_MS = 220; // that a pass stays at a place

// The model as it is configured, a pass through it, and what there is to know of each op. A block
// stands for all.
export function Anatomy() {
  const state = useInspect();
  const anatomy = state.anatomy.value;
  const layer = useSignal(0);
  const { place: chosen, pass } = state;
  const shown = (anatomy ?? []).filter(({ name }) => {
    const [of] = placeOf(name);
    return (of === null || of === layer.value) && name !== 'probabilities';
  });
  const at = shown.findIndex(({ name }) => name === chosen.value);
  const direction = pass.value;
  useEffect(() => {
    if (direction === 0) return;
    follow(state.stop.peek() !== null);
    const timer = setTimeout(() => {
      const next = shown[at < 0 ? (direction > 0 ? 0 : shown.length - 1) : at + direction];
      if (next) chosen.value = next.name;
      else pass.value = 0;
    }, PLACE_MS);
    return () => clearTimeout(timer);
  });
  if (!anatomy) return <p class="small muted">Looking.</p>;
  if (anatomy.length === 0) {
    return <p class="small muted">One token alone has no loss: two are enough to look at.</p>;
  }
  const go = (by: 1 | -1) => {
    chosen.value = (by > 0 ? shown[0] : shown.at(-1))!.name;
    pass.value = by;
  };
  const choose = (name: string) => {
    pass.value = 0;
    chosen.value = name;
  };
  return (
    <div class="inside-anatomy">
      <section class="inside-places" aria-labelledby="inside-anatomy-title">
        <h3 id="inside-anatomy-title">From tokens to loss</h3>
        <p class="small muted">
          Each box is an op, each arrow the tensor it gives for {formatCount(anatomy[0]!.shape[1])}{' '}
          tokens. What is kept waits for backward; the rest is made again or not needed.{' '}
          <Saved anatomy={anatomy} />
        </p>
        <div class="inside-passes small">
          <button class="button" type="button" onClick={() => go(1)}>
            Forward
          </button>
          <button class="button" type="button" onClick={() => go(-1)}>
            Backward
          </button>
          <label>
            <span class="muted">block</span>{' '}
            <select
              value={layer.value}
              onChange={(event) => {
                layer.value = Number(event.currentTarget.value);
                choose(chosen.value.replace(/^h\.\d+/, `h.${layer.value}`));
              }}
            >
              {Array.from({ length: state.model.value!.layers }, (_, i) => (
                <option key={i} value={i}>
                  {i + 1} of {state.model.value!.layers}
                </option>
              ))}
            </select>
          </label>
        </div>
        <Legend />
        <Diagram tensors={shown} backward={direction < 0} chosen={chosen.value} choose={choose} />
      </section>
      {shown[at] && <OpFacts tensor={shown[at]} input={inputOf(shown[at].name, anatomy)} />}
    </div>
  );
}

// Keeps the place that a pass has come to in sight; on the tour only where its words stay there too.
function follow(onTour: boolean): void {
  const place = document.querySelector('.inside-place[aria-pressed="true"]');
  const diagram = place?.closest('.inside-places');
  if (!diagram || (onTour && diagram.scrollHeight === diagram.clientHeight)) return;
  place!.scrollIntoView({ block: 'nearest' });
}

// What an op reads: the tensor before it in the order of computing. A sum reads the stream too.
function inputOf(name: string, anatomy: readonly AnatomyTensor[]): AnatomyTensor | null {
  const at = anatomy.findIndex((tensor) => tensor.name === name);
  return anatomy.slice(0, at).findLast(({ gradient }) => gradient.histogram.length > 0) ?? null;
}

// Bytes by what becomes of them, in all blocks.
function Saved({ anatomy }: { anatomy: readonly AnatomyTensor[] }) {
  const tensors = anatomy.filter(({ name }) => name !== 'probabilities');
  const total = (fate?: string) =>
    tensors
      .filter((tensor) => fate === undefined || tensor.fate === fate)
      .reduce((sum, tensor) => sum + bytesOf(tensor), 0);
  return (
    <span data-testid="saved">
      Kept are <span class="mono">{formatBytes(total('kept'))}</span> of{' '}
      <span class="mono">{formatBytes(total())}</span>: making{' '}
      <span class="mono">{formatBytes(total('made again'))}</span> again and dropping{' '}
      <span class="mono">{formatBytes(total('dropped'))}</span> saves the rest.
    </span>
  );
}
