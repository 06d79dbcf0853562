import type { AnatomyTensor } from '../../inspect/messages';
import { formatBytes } from '../../state/format';
import { bytesOf, opOf, placeOf } from './ops';

interface DiagramProps {
  readonly tensors: readonly AnatomyTensor[]; // in the order of computing, of one block
  readonly chosen: string;
  readonly backward: boolean; // gradients come back
  readonly choose: (name: string) => void;
}

// A box for each op, and the arrow that leaves it: the tensor that it gives. A branch leaves the
// stream and is added to it again.
export function Diagram({ tensors, ...how }: DiagramProps) {
  const steps = stepsOf(tensors);
  const block = steps.filter(({ layer }) => layer !== null);
  const [first, last] = [steps.indexOf(block[0]!), steps.indexOf(block.at(-1)!)];
  const places = (of: readonly Step[]) =>
    of.map((step) => <Place key={step.gives.name} step={step} {...how} />);
  return (
    <ol class="inside-ops small" data-testid="anatomy">
      {places(steps.slice(0, first))}
      <li>
        <ol class="inside-block">{places(block)}</ol>
      </li>
      {places(steps.slice(last + 1))}
    </ol>
  );
}

// How the arrows tell what becomes of a tensor.
export function Legend() {
  return (
    <ul class="inside-fates small muted">
      {['kept', 'made again', 'dropped'].map((fate) => (
        <li key={fate}>
          <span class="inside-line" data-fate={fate} />
          {fate}
        </li>
      ))}
    </ul>
  );
}

// One op: what it gives, what it keeps beside that, and where it stands.
interface Step {
  readonly gives: AnatomyTensor;
  readonly beside: readonly AnatomyTensor[];
  readonly layer: number | null;
  readonly key: string;
  readonly onBranch: boolean;
  readonly forks: boolean; // the first of its branch
  readonly joins: boolean; // its sum
}

const ON_BRANCH = /^(ln_[12]|attn\.|mlp\.)/;
const BESIDE = /\.(mean|rstd)$/;

function stepsOf(tensors: readonly AnatomyTensor[]): Step[] {
  const steps: Step[] = [];
  let beside: AnatomyTensor[] = [];
  for (const gives of tensors) {
    if (BESIDE.test(gives.name)) {
      beside.push(gives);
      continue;
    }
    const [layer, key] = placeOf(gives.name);
    const onBranch = ON_BRANCH.test(key);
    const wasOnBranch = steps.at(-1)?.onBranch ?? false;
    const [forks, joins] = [onBranch && !wasOnBranch, !onBranch && wasOnBranch];
    steps.push({ gives, beside, layer, key, onBranch, forks, joins });
    beside = [];
  }
  return steps;
}

function Place({ step, chosen, backward, choose }: Omit<DiagramProps, 'tensors'> & { step: Step }) {
  const { gives, beside, key, onBranch, forks, joins } = step;
  const where = [
    'inside-op',
    onBranch && 'inside-op-branch',
    forks && 'inside-op-forks',
    joins && 'inside-op-joins',
  ];
  const press = ({ name }: AnatomyTensor) => ({
    type: 'button' as const,
    'aria-pressed': name === chosen,
    onClick: () => choose(name),
  });
  return (
    <li class={where.filter(Boolean).join(' ')}>
      <button class={`inside-place ${backward ? 'inside-place-back' : ''}`} {...press(gives)}>
        <span class="inside-box">
          <span>{opOf(key).title}</span>
          <span class="mono muted">{backward ? opOf(key).backward : opOf(key).forward}</span>
        </span>
        <span class="inside-arrow" data-fate={gives.fate}>
          <Tensor tensor={gives} name={gives.name} />
        </span>
      </button>
      {beside.length > 0 && (
        <span class="inside-beside">
          {beside.map((tensor) => (
            <button class="inside-place" key={tensor.name} {...press(tensor)}>
              <span class="visually-hidden">{opOf(key).title}: </span>
              <Tensor tensor={tensor} name={BESIDE.exec(tensor.name)![1]!} />
            </button>
          ))}
        </span>
      )}
    </li>
  );
}

function Tensor({ tensor, name }: { tensor: AnatomyTensor; name: string }) {
  const { shape, fate } = tensor;
  return (
    <>
      <span class="mono">{name}</span>
      <span class="mono">{shape.slice(1).join(' × ')}</span>
      <span class="mono muted">{formatBytes(bytesOf(tensor))}</span>
      <span class="muted">{fate}</span>
    </>
  );
}
