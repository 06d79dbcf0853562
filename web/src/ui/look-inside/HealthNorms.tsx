import { formatMagnitude } from '../../state/format';
import {
  QUANTITIES,
  type HealthGroup,
  type HealthTensor,
  type Quantity,
} from '../../inspect/health';
import { NormsFigure, quantityWords } from './NormsFigure';
import { useInspect } from './use-inspect';

const healthy: Readonly<Record<Quantity, string>> = {
  ratio:
    'Healthy is about 1e-3: each step moves the weights by a thousandth of what they are (CS231n, ' +
    '“Neural networks 3”). It is more in the first steps, from small weights, and falls with the ' +
    'learning rate. Far above for long, lower the learning rate; far below, little is learnt.',
  weight:
    'Healthy weights grow quickly at first, then slowly. Where they only ever grow, more weight ' +
    'decay holds them.',
  gradient:
    'Healthy gradients are of like size in all layers and sink slowly. One layer far above the ' +
    'others, or a sudden rise, comes before a loss that jumps; one far below has stopped learning.',
  update:
    'Healthy updates follow the learning rate: up in the warm-up, then down. AdamW and Muon make ' +
    'them nearly as large whatever the gradient is.',
};

// Norms by layer over the training, and by tensor now.
export function HealthNorms() {
  const { health: state } = useInspect();
  const quantity = state.quantity.value;
  return (
    <>
      <fieldset class="inside-quantities small">
        <legend class="visually-hidden">What the curves show</legend>
        {QUANTITIES.map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="inside-quantity"
              checked={each === quantity}
              onChange={() => (state.quantity.value = each)}
            />{' '}
            {quantityWords[each]}
          </label>
        ))}
      </fieldset>
      <NormsFigure />
      <p class="small muted inside-healthy">{healthy[quantity]}</p>
      <Groups />
    </>
  );
}

function Groups() {
  const { health: state } = useInspect();
  const groups = state.groups.value.at(-1)!;
  const chosen = state.group.value;
  return (
    <div class="inside-scroll" tabIndex={0} role="group" aria-label="Norms">
      <table class="small mono inside-health-table" data-testid="norms">
        <thead>
          <tr>
            <th scope="col">tensors of</th>
            {QUANTITIES.map((quantity) => (
              <th key={quantity} scope="col">
                {quantityWords[quantity]}
              </th>
            ))}
          </tr>
        </thead>
        {groups.map((group, i) => (
          <tbody key={group.name} class={i === chosen ? 'inside-group-at' : ''}>
            <tr>
              <th scope="row">
                <button
                  class="link"
                  type="button"
                  aria-pressed={i === chosen}
                  onClick={() => (state.group.value = i)}
                >
                  {group.name}
                </button>
              </th>
              <Norms of={group} />
            </tr>
            {i === chosen &&
              group.tensors.map((tensor) => (
                <tr key={tensor.name} class="inside-of-group">
                  <th scope="row">{tensor.name}</th>
                  <Norms of={tensor} />
                </tr>
              ))}
          </tbody>
        ))}
      </table>
    </div>
  );
}

function Norms({ of }: { of: HealthGroup | HealthTensor }) {
  return (
    <>
      {QUANTITIES.map((quantity) => (
        <td key={quantity}>{formatMagnitude(of[quantity])}</td>
      ))}
    </>
  );
}
