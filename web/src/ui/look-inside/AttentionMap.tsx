import { shownToken } from '../../state/words';
import { useApp } from '../use-app';
import { Heat } from './Heat';
import { useInspect } from './use-inspect';

const WIDEST = 416; // pixels of the map
const WIDEST_NARROW = 300; // on a phone, beside its axis
const READABLE = 9; // pixels a cell, from which on tokens stand at the axes

// One head, with the tokens on its axes; the row pointed at is the token looked at.
export function AttentionMap({ map, size }: { map: Float32Array; size: number }) {
  const { view } = useApp();
  const state = useInspect();
  const cell = Math.min((view.narrow.value ? WIDEST_NARROW : WIDEST) / size, 24);
  const axes = cell >= READABLE;
  const at = state.position.value;
  const point = (event: PointerEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    state.choose(Math.floor(((event.clientY - box.top) / box.height) * size));
  };
  const pieces = state.pieces.value.map(shownToken);
  return (
    <div
      class={axes ? 'inside-map inside-map-axes' : 'inside-map'}
      style={{ '--cells': size, '--map-width': `${Math.round(cell * size)}px` }}
    >
      {axes && (
        <>
          <div class="inside-columns mono" aria-hidden="true">
            {pieces.map((piece, i) => (
              <span key={i} class={i <= at ? '' : 'inside-unseen'}>
                {piece}
              </span>
            ))}
          </div>
          <div class="inside-rows mono" aria-hidden="true">
            {pieces.map((piece, i) => (
              <span key={i} class={i === at ? 'inside-row-at' : ''}>
                {piece}
              </span>
            ))}
          </div>
        </>
      )}
      <div
        class="inside-map-body"
        data-testid="attention-map"
        onPointerMove={point}
        onPointerDown={point}
      >
        <Heat map={map} size={size} class="inside-large-map" />
        <div class="inside-map-row" style={{ top: `${(at / size) * 100}%` }} />
      </div>
    </div>
  );
}
