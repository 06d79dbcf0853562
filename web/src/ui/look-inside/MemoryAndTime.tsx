import { formatBytes, formatCount } from '../../state/format';
import type { Timeline } from '../../inspect/messages';
import { StepTime } from './StepTime';
import { TimelineFigure } from './TimelineFigure';
import { useInspect } from './use-inspect';

const MOST_LISTED = 8; // buffers

// The plan over the course of one step, and where the step's time goes.
export function MemoryAndTime() {
  const { memory: state } = useInspect();
  const timeline = state.timeline.value;
  if (!timeline) return <p class="small muted">Planning.</p>;
  return (
    <div class="inside-memory">
      <section aria-labelledby="inside-memory-title">
        <h3 id="inside-memory-title">What is alive, op by op</h3>
        <Figures timeline={timeline} />
        <TimelineFigure timeline={timeline} />
        <At timeline={timeline} />
      </section>
      <section aria-labelledby="inside-time-title">
        <h3 id="inside-time-title">Where the time of a step goes</h3>
        <StepTime />
      </section>
    </div>
  );
}

function Figures({ timeline }: { timeline: Timeline }) {
  const { reserved, peak, tape, passes, buffers } = timeline;
  const passing = buffers
    .filter(({ kind }) => kind === 'activations' || kind === 'scratch')
    .reduce((sum, { bytes }) => sum + bytes, 0);
  return (
    <p class="small muted">
      The plan takes{' '}
      <span class="mono" data-testid="reserved">
        {formatBytes(reserved)}
      </span>{' '}
      once and never more; at most{' '}
      <span class="mono" data-testid="peak">
        {formatBytes(peak)}
      </span>{' '}
      of it are needed at one time. Its activations and scratch are{' '}
      <span class="mono">{formatBytes(passing)}</span>: a tape that keeps every tensor and its
      gradient would hold{' '}
      <span class="mono" data-testid="tape">
        {formatBytes(tape)}
      </span>
      .
      {passes > 1 && (
        <>
          {' '}
          A step goes through the model in <span class="mono">{formatCount(passes)}</span> groups of
          passages, which share this memory; this is the last.
        </>
      )}
    </p>
  );
}

// The op looked at, and what it finds alive.
function At({ timeline }: { timeline: Timeline }) {
  const { memory: state } = useInspect();
  const moment = timeline.moments[state.moment.value]!;
  const alive = state.alive.value;
  return (
    <>
      <p class="small" aria-live="polite" data-testid="moment">
        <span class="muted">
          {moment.phase}, op <span class="mono">{state.moment.value + 1}</span> of{' '}
          <span class="mono">{timeline.moments.length}</span>:
        </span>{' '}
        <span class="mono">{moment.op}</span> of <span class="mono">{moment.what}</span>,{' '}
        <span class="mono">{formatBytes(moment.alive)}</span> alive
      </p>
      <ol class="inside-buffers small">
        {alive.slice(0, MOST_LISTED).map(({ name, bytes, kind, why }) => (
          <li key={name}>
            <span class="mono">{name}</span>
            <span class="mono">{formatBytes(bytes)}</span>
            <span class="muted">
              {kind}: {why}
            </span>
          </li>
        ))}
      </ol>
      {alive.length > MOST_LISTED && (
        <p class="small muted">and {alive.length - MOST_LISTED} smaller ones</p>
      )}
    </>
  );
}
