import { shownToken } from '../../state/words';
import { stageName } from './names';
import { shadeClass } from './TokenRow';
import { useInspect } from './use-inspect';

// The likeliest next token at every position and stage: where a prediction appears.
export function LensTable() {
  const state = useInspect();
  const lens = state.expects.lens.value;
  const pieces = state.pieces.value;
  const { pieces: vocabulary } = state.model.value!;
  const T = pieces.length;
  const stages = (lens?.ids.length ?? 0) / T;
  if (!lens || !Number.isInteger(stages)) return <p class="small muted">Looking.</p>;
  const chosen = state.position.value;
  const point = (event: Event) => {
    const cell = (event.target as Element).closest<HTMLElement>('[data-at]');
    if (cell) state.choose(Number(cell.dataset.at));
  };
  return (
    <div class="inside-scroll" tabIndex={0} role="group" aria-label="Likeliest next tokens">
      <table class="inside-lens small mono" onMouseOver={point} onClick={point} data-testid="lens">
        <thead>
          <tr>
            <th scope="col">after</th>
            {pieces.map((piece, at) => (
              <th key={at} scope="col" data-at={at} class={at === chosen ? 'inside-at' : ''}>
                {shownToken(piece)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {Array.from({ length: stages }, (_, i) => stages - 1 - i).map((stage) => (
            <tr key={stage}>
              <th scope="row">{stageName(stage)}</th>
              {pieces.map((_, at) => {
                const id = lens.ids[stage * T + at]!;
                const chance = lens.probabilities[stage * T + at]!;
                const name = at === chosen ? 'inside-at ' : '';
                return (
                  <td key={at} data-at={at} class={name + shadeClass(chance)}>
                    {shownToken(vocabulary[id] ?? '')}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
