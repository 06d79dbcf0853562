import { useEffect } from 'preact/hooks';
import { formatCount, formatRate, formatShare } from '../../state/format';
import type { AnatomyTensor, Statistics } from '../../inspect/messages';
import { Derivation } from './Derivation';
import { NumberFacts } from './NumberFacts';
import { NumberGrid } from './NumberGrid';
import { opOf, placeOf } from './ops';
import { useInspect } from './use-inspect';

// One op: its functions, its share of a step's time, how its gradient was checked, the numbers of
// what it reads and gives, each of them with where it came from, and its formulas.
export function OpFacts({ tensor, input }: { tensor: AnatomyTensor; input: AnatomyTensor | null }) {
  const { numbers, anatomy, pass } = useInspect();
  const [layer, key] = placeOf(tensor.name);
  const op = opOf(key);
  const all = anatomy.value;
  const atRest = pass.value === 0;
  useEffect(() => {
    if (atRest) void numbers.show();
  }, [numbers, all, tensor.name, atRest]);
  return (
    <section class="inside-facts" aria-labelledby="inside-op-title">
      <h3 id="inside-op-title">{op.title}</h3>
      <p class="small">
        <span class="mono">{op.forward}</span>, <span class="mono">{op.backward}</span>
        <Share names={[op.forward, op.backward]} />
      </p>
      <p class="small muted" data-testid="fate">
        <span class="mono">{tensor.name}</span> is {tensor.fate}: {tensor.why}.
      </p>
      {op.parameters && (
        <Check prefix={layer === null ? op.parameters : `h.${layer}.${op.parameters}`} />
      )}
      <div class="inside-statistics">
        {input && (
          <>
            <Numbers title={`It reads ${input.name}`} statistics={input.value} id="input" />
            <Numbers title="The gradient of that" statistics={input.gradient} id="input-gradient" />
          </>
        )}
        <Numbers title={`It gives ${tensor.name}`} statistics={tensor.value} id="value" />
        <Numbers title="The gradient of that" statistics={tensor.gradient} id="gradient" />
      </div>
      <h3>Its numbers</h3>
      <p class="small muted">Select one: where it came from, and what its gradient says.</p>
      <NumberGrid />
      <NumberFacts />
      <h3>Formulas, forward and backward</h3>
      <Derivation html={op.formulas} />
    </section>
  );
}

function Share({ names }: { names: readonly string[] }) {
  const { memory } = useInspect();
  const profile = memory.profile.value;
  if (!profile) {
    return (
      <>
        {'; '}
        <button
          class="link"
          type="button"
          aria-disabled={memory.profiling.value}
          onClick={() => void memory.measure()}
        >
          {memory.profiling.value ? 'Measuring' : 'Measure its share of a step'}
        </button>
      </>
    );
  }
  const total = profile.ops.reduce((sum, { ms }) => sum + ms, 0);
  const own = profile.ops
    .filter(({ op }) => names.some((name) => op.startsWith(name)))
    .reduce((sum, { ms }) => sum + ms, 0);
  return (
    <span class="muted">
      ; all calls of these take <span class="mono">{formatShare(own / total)}</span> of a step
    </span>
  );
}

function Check({ prefix }: { prefix: string }) {
  const state = useInspect();
  const { gradients } = state;
  const tensors = gradients.tensors.value.filter(({ name }) => name.startsWith(prefix));
  if (tensors.length === 0) {
    const left = gradients.samplesLeft.value;
    return (
      <p class="small muted">
        Gradient check:{' '}
        <button
          class="link"
          type="button"
          aria-disabled={left !== null}
          onClick={() => left ?? void state.check()}
        >
          {left === null ? 'Check it' : 'Checking'}
        </button>
      </p>
    );
  }
  const worst = tensors.reduce((a, b) =>
    a.relativeError / a.tolerance > b.relativeError / b.tolerance ? a : b,
  );
  return (
    <p class={worst.pass ? 'small muted' : 'small trouble'}>
      Gradient check: <span class="mono">{worst.name}</span> is off by{' '}
      <span class="mono">{formatRate(worst.relativeError)}</span> of{' '}
      <span class="mono">{formatRate(worst.tolerance)}</span>, {worst.pass ? 'pass' : 'fails'}
    </p>
  );
}

interface NumbersProps {
  readonly title: string;
  readonly statistics: Statistics;
  readonly id: string;
}

function Numbers({ title, statistics, id }: NumbersProps) {
  const { mean, deviation, largest, zeros, histogram } = statistics;
  if (histogram.length === 0)
    return <p class="small muted">{title}: saved by its op, no gradient.</p>;
  const most = Math.max(...histogram);
  const rows = [
    ['mean', formatRate(mean)],
    ['deviation', formatRate(deviation)],
    ['largest', formatRate(largest)],
    ['zeros', formatShare(zeros)],
  ] as const;
  return (
    <div data-testid={`statistics-${id}`}>
      <h4 class="small">{title}</h4>
      <svg
        class="inside-histogram"
        viewBox={`0 0 ${histogram.length} 10`}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Histogram of ${formatCount(histogram.length)} bins from −${formatRate(largest)} to ${formatRate(largest)}`}
      >
        {Array.from(histogram, (share, i) => (
          <rect
            key={i}
            x={i + 0.1}
            width="0.8"
            y={10 - (10 * share) / most}
            height={(10 * share) / most}
          />
        ))}
      </svg>
      <dl class="small">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt class="muted">{name}</dt>
            <dd class="mono">{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
