import { formatCount, formatShare } from '../../state/format';
import type { Health } from '../../inspect/health';
import { useApp } from '../use-app';

// What an activation calls dead, as engine/inspect/health.h has it.
const meaning = (isRelu: boolean) =>
  isRelu
    ? 'its output is 0 at every token, so that no gradient reaches it'
    : 'its output is nowhere more than 2⁻²⁴ of the layer’s largest: beside that it is lost in rounding';

// The hidden units of each MLP that do nothing.
export function HealthUnits({ health }: { health: Health }) {
  const { run } = useApp();
  const isRelu = run.run.value?.recipe.activation === 'relu2';
  const tokens = health.passages * health.together;
  return (
    <>
      <p class="small muted">
        A unit is dead where {meaning(isRelu)}. At <span class="mono">{formatCount(tokens)}</span>{' '}
        tokens:
      </p>
      <div class="inside-scroll" tabIndex={0} role="group" aria-label="Dead units">
        <table class="small mono inside-health-table" data-testid="dead-units">
          <thead>
            <tr>
              <th scope="col">layer</th>
              <th scope="col">dead</th>
              <th scope="col">of</th>
              <th scope="col">share</th>
              {isRelu && <th scope="col">outputs that are 0</th>}
            </tr>
          </thead>
          <tbody>
            {health.mlps.map(({ layer, units, dead, zeros }) => (
              <tr key={layer}>
                <th scope="row">{layer + 1}</th>
                <td>{formatCount(dead)}</td>
                <td>{formatCount(units)}</td>
                <td>{formatShare(dead / units)}</td>
                {isRelu && <td>{formatShare(zeros)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p class="small muted inside-healthy">
        Healthy is none, or few. A learning rate that is too high can kill 40 % of a network of
        ReLUs for good (CS231n, “Neural networks 1”); a smooth activation hardly ever dies.
      </p>
    </>
  );
}
