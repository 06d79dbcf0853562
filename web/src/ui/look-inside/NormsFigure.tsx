import { formatCount, formatMagnitude } from '../../state/format';
import type { Quantity } from '../../inspect/health';
import { decadesOf, logPlace, place } from './scales';
import { useInspect } from './use-inspect';

const WIDTH = 480;
const HEIGHT = 200;
const LEFT = 44;
const BOTTOM = 24;
const HEALTHY_RATIO = 1e-3;

export const quantityWords: Readonly<Record<Quantity, string>> = {
  ratio: 'update / weights',
  weight: 'weights',
  gradient: 'gradient',
  update: 'update',
};

// Each group over the steps that were looked at, the chosen one before the others.
export function NormsFigure() {
  const { health: state } = useInspect();
  const quantity = state.quantity.value;
  const steps = state.all.value.map(({ step }) => step + 1);
  const groups = state.groups.value;
  const newest = groups.at(-1)!;
  const chosen = state.group.value;
  // Every curve: the group's number at each step, null where there is none.
  const curves = newest.map((_, i) => groups.map((at) => at[i]?.[quantity] ?? null));
  const known = curves.flat().filter((value): value is number => value !== null && value > 0);
  const [low, high] = decadesOf(quantity === 'ratio' ? [...known, HEALTHY_RATIO] : known);
  const [first, last] = [steps[0]!, steps.at(-1)!];
  const x = (step: number) =>
    first === last ? (LEFT + WIDTH) / 2 : place(step, first, last, LEFT + 4, WIDTH - 8);
  const y = (value: number) => logPlace(value, low, high, HEIGHT - BOTTOM, 8);
  const ticks = Array.from({ length: high - low + 1 }, (_, i) => low + i);
  const sparse = Math.ceil(ticks.length / 6);
  const group = newest[chosen]!;
  return (
    <>
      <svg
        class="inside-figure"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        role="img"
        aria-label={
          `${group.name}, ${quantityWords[quantity]}: ` +
          `${formatMagnitude(curves[chosen]![0])} at step ${formatCount(first)}` +
          (first === last
            ? '.'
            : `, ${formatMagnitude(curves[chosen]!.at(-1))} at step ${formatCount(last)}.`)
        }
        data-testid="norms-figure"
      >
        {ticks
          .filter((_, i) => i % sparse === 0)
          .map((decade) => (
            <g key={decade}>
              <line
                x1={LEFT}
                x2={WIDTH}
                y1={y(10 ** decade)}
                y2={y(10 ** decade)}
                class="inside-grid"
              />
              <text x={LEFT - 6} y={y(10 ** decade) + 4} class="inside-tick inside-tick-y">
                {decadeWords(decade)}
              </text>
            </g>
          ))}
        {quantity === 'ratio' && (
          <line
            x1={LEFT}
            x2={WIDTH}
            y1={y(HEALTHY_RATIO)}
            y2={y(HEALTHY_RATIO)}
            class="inside-rule"
          />
        )}
        {curves.map((values, i) => (
          <Curve
            key={newest[i]!.name}
            class={i === chosen ? 'inside-curve-at' : 'inside-curve-other'}
            points={values.flatMap((value, at) =>
              value !== null && value > 0 ? [[x(steps[at]!), y(value)] as const] : [],
            )}
          />
        ))}
        <text x={x(first)} y={HEIGHT - 6} class="inside-tick">
          {formatCount(first)}
        </text>
        {first !== last && (
          <text x={x(last)} y={HEIGHT - 6} class="inside-tick inside-tick-y">
            step {formatCount(last)}
          </text>
        )}
      </svg>
      <ul class="inside-curve-keys small">
        <li class="inside-curve-at">
          <Key /> {group.name}
        </li>
        <li class="inside-curve-other">
          <Key /> the other layers
        </li>
        {quantity === 'ratio' && (
          <li>
            <svg width="24" height="8" aria-hidden="true">
              <line x1="0" x2="24" y1="4" y2="4" class="inside-rule" />
            </svg>{' '}
            1e-3
          </li>
        )}
        {first === last && (
          <li class="muted">one step so far: while this is open, one more at each evaluation</li>
        )}
      </ul>
    </>
  );
}

const Key = () => (
  <svg width="24" height="8" aria-hidden="true">
    <line x1="0" x2="24" y1="4" y2="4" />
  </svg>
);

interface CurveProps {
  readonly class: string;
  readonly points: readonly (readonly [x: number, y: number])[];
}

function Curve({ class: name, points }: CurveProps) {
  return (
    <g class={`inside-curve ${name}`}>
      <polyline points={points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')} />
      {points.map(([x, y]) => (
        <circle key={x} cx={x} cy={y} r="2.5" />
      ))}
    </g>
  );
}

const decadeWords = (decade: number) =>
  decade >= 0 && decade < 4 ? String(10 ** decade) : `1e${decade}`;
