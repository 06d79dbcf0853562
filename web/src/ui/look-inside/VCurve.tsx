import { formatRate } from '../../state/format';
import { EPSILONS, errorOf } from '../../inspect/gradients-state';
import type { Fault, Slopes } from '../../inspect/messages';
import { useInspect } from './use-inspect';

// The figure in its own units: decades of epsilon to the right, decades of error upwards.
const WIDTH = 480;
const HEIGHT = 200;
const LEFT = 44;
const BOTTOM = 24;
const [LOW, HIGH] = [-13, 2]; // decades of error

const xOf = (epsilon: number) => LEFT + ((Math.log10(epsilon) + 12) / 12) * (WIDTH - LEFT - 8);
const yOf = (error: number) => {
  const decade = Math.min(Math.max(Math.log10(error || 1e-300), LOW), HIGH);
  return 8 + ((HIGH - decade) / (HIGH - LOW)) * (HEIGHT - BOTTOM - 8);
};

const curves = [
  { of: 'inDouble', label: 'in double, by the reference' },
  { of: 'inFloat', label: 'in float, by the engine' },
] as const;

// Finite differences at every epsilon: truncation on the right, rounding on the left, a V between.
export function VCurve() {
  const { gradients: state } = useInspect();
  const slopes = state.slopes.value;
  const fault = state.fault.value;
  const name = state.tensors.value[state.tensor.value]?.name;
  if (!name) return <p class="small muted">First the gradients themselves.</p>;
  const at = slopes[state.epsilon.value];
  return (
    <>
      <p class="small muted">
        The loss is taken a step ε up and down along one direction in{' '}
        <span class="mono">{name}</span>; the slope between must be the gradient. A large ε meets
        the curvature, a small one the rounding: the error is a V.
      </p>
      <svg
        class="inside-figure"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={describe(slopes, fault)}
        data-testid="v-curve"
      >
        {[-12, -8, -4, 0].map((decade) => (
          <g key={decade}>
            <line
              x1={LEFT}
              x2={WIDTH}
              y1={yOf(10 ** decade)}
              y2={yOf(10 ** decade)}
              class="inside-grid"
            />
            <text x={LEFT - 6} y={yOf(10 ** decade) + 4} class="inside-tick inside-tick-y">
              {decade === 0 ? '1' : `1e${decade}`}
            </text>
            <text x={xOf(10 ** decade)} y={HEIGHT - 6} class="inside-tick">
              {decade === 0 ? 'ε = 1' : `1e${decade}`}
            </text>
          </g>
        ))}
        {curves.map(({ of }) => (
          <g key={of} class={`inside-curve inside-curve-${of === 'inDouble' ? 'double' : 'float'}`}>
            <polyline
              points={slopes
                .map((each) => `${xOf(each.epsilon)},${yOf(errorOf(each, of, fault))}`)
                .join(' ')}
            />
            {slopes.map((each) => (
              <circle
                key={each.epsilon}
                cx={xOf(each.epsilon)}
                cy={yOf(errorOf(each, of, fault))}
                r="2.5"
              />
            ))}
          </g>
        ))}
        {at && (
          <line
            x1={xOf(at.epsilon)}
            x2={xOf(at.epsilon)}
            y1="8"
            y2={HEIGHT - BOTTOM}
            class="inside-rule"
          />
        )}
      </svg>
      <ul class="inside-curve-keys small">
        {curves.map(({ of, label }) => (
          <li key={of} class={`inside-curve-${of === 'inDouble' ? 'double' : 'float'}`}>
            <svg width="24" height="8" aria-hidden="true">
              <line x1="0" x2="24" y1="4" y2="4" />
            </svg>{' '}
            {label}
          </li>
        ))}
      </ul>
      <label class="inside-epsilon small">
        <span class="muted">ε</span>
        <input
          type="range"
          min={0}
          max={EPSILONS.length - 1}
          value={state.epsilon.value}
          aria-valuetext={formatRate(EPSILONS[state.epsilon.value])}
          onInput={(event) => (state.epsilon.value = Number(event.currentTarget.value))}
        />
        <span class="mono">{formatRate(EPSILONS[state.epsilon.value])}</span>
      </label>
      <Readings at={at} fault={fault} />
    </>
  );
}

// The four numbers at one epsilon.
function Readings({ at, fault }: { at: Slopes | undefined; fault: Fault }) {
  const number = (value: number | undefined) => (value === undefined ? '–' : value.toPrecision(9));
  const error = (of: 'inDouble' | 'inFloat') => (at ? formatRate(errorOf(at, of, fault)) : '–');
  const rows = [
    ['engine’s gradient', number(at?.engine), ''],
    ['reference’s gradient', number(at?.reference), ''],
    ['difference in double', number(at?.inDouble), error('inDouble')],
    ['difference in float', number(at?.inFloat), error('inFloat')],
  ] as const;
  return (
    <table class="inside-readings small" data-testid="slopes">
      <tbody>
        {rows.map(([label, value, off]) => (
          <tr key={label}>
            <th scope="row">{label}</th>
            <td class="mono">{value}</td>
            <td class="mono muted">{off && `off by ${off}`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function describe(slopes: readonly Slopes[], fault: Fault): string {
  const parts = curves.map(({ of, label }) => {
    const best = slopes.reduce<Slopes | null>(
      (best, each) => (!best || errorOf(each, of, fault) < errorOf(best, of, fault) ? each : best),
      null,
    );
    if (!best) return `${label}: not there yet`;
    return `${label}: best ${formatRate(errorOf(best, of, fault))} at ${formatRate(best.epsilon)}`;
  });
  return `Error of finite differences by epsilon. ${parts.join('; ')}.`;
}
