import { formatBytes } from '../../state/format';
import type { Timeline } from '../../inspect/messages';
import { useInspect } from './use-inspect';

const WIDTH = 720;
const AREA = 96; // height of the curve
const GAP = 12;
const ROWS = 168; // height of all buffers together

// Above what is alive at each op, as an area under the plan's line; below when each buffer is.
export function TimelineFigure({ timeline }: { timeline: Timeline }) {
  const { memory: state } = useInspect();
  const { moments, buffers, reserved } = timeline;
  const step = WIDTH / moments.length;
  const row = ROWS / buffers.length;
  const x = (moment: number) => moment * step;
  const y = (bytes: number) => AREA - (bytes / reserved) * (AREA - 8);
  const area = moments.flatMap(({ alive }, i) => [
    `${x(i)},${y(alive)}`,
    `${x(i + 1)},${y(alive)}`,
  ]);
  const at = state.moment.value;
  const point = (event: PointerEvent) => {
    const box = (event.currentTarget as Element).getBoundingClientRect();
    state.look(((event.clientX - box.left) / box.width) * moments.length - 0.5);
  };
  const phases = ['forward', 'backward', 'update'].map((phase) => ({
    phase,
    from: moments.findIndex((moment) => moment.phase === phase),
  }));
  return (
    <>
      <svg
        class="inside-timeline"
        viewBox={`0 0 ${WIDTH} ${AREA + GAP + ROWS}`}
        preserveAspectRatio="none"
        aria-hidden="true"
        data-testid="timeline"
        onPointerMove={point}
        onPointerDown={point}
      >
        <line class="inside-reserved" x1="0" x2={WIDTH} y1={y(reserved)} y2={y(reserved)} />
        <polygon class="inside-alive" points={`0,${AREA} ${area.join(' ')} ${WIDTH},${AREA}`} />
        {phases.slice(1).map(({ phase, from }) => (
          <line
            key={phase}
            class="inside-phase"
            x1={x(from)}
            x2={x(from)}
            y1="0"
            y2={AREA + GAP + ROWS}
          />
        ))}
        {buffers.map(({ name, kind, alive }, i) =>
          alive.map(([from, to]) => (
            <rect
              key={`${name} ${from}`}
              class={`inside-span inside-span-${kind}`}
              x={x(from)}
              width={x(to + 1) - x(from)}
              y={AREA + GAP + i * row}
              height={Math.max(row - 0.5, 0.5)}
            />
          )),
        )}
        <rect class="inside-now" x={x(at)} width={step} y="0" height={AREA + GAP + ROWS} />
      </svg>
      <div class="inside-phases small muted" aria-hidden="true">
        {phases.map(({ phase, from }) => (
          <span key={phase} style={{ left: `${Math.min((from / moments.length) * 100, 94)}%` }}>
            {phase}
          </span>
        ))}
      </div>
      <ul class="inside-legend small muted" aria-label="Kinds of memory">
        {['parameters', 'gradients', 'optimizer', 'activations', 'scratch'].map((kind) => (
          <li key={kind}>
            <svg width="12" height="12" aria-hidden="true">
              <rect class={`inside-span-${kind}`} width="12" height="12" />
            </svg>{' '}
            {kind}
          </li>
        ))}
      </ul>
      <label class="inside-epsilon small">
        <span class="muted">op</span>
        <input
          type="range"
          min={0}
          max={moments.length - 1}
          value={at}
          aria-valuetext={`${moments[at]!.phase}, ${moments[at]!.op}, ${formatBytes(moments[at]!.alive)} alive`}
          onInput={(event) => state.look(Number(event.currentTarget.value))}
        />
      </label>
    </>
  );
}
