import { computed, signal } from '@preact/signals';
import type { InspectPort } from './in-worker';
import type { Fault, Slopes, TensorProof } from './messages';

// Steps of the finite differences, half a decade apart.
export const EPSILONS = Array.from({ length: 25 }, (_, i) => 10 ** (-12 + i / 2));
// Steps of the two trainings: as many at a time as can be seen to come, and all.
const AT_A_TIME = 2;
export const TRAINED_STEPS = 80;

export interface TrainingPair {
  readonly fault: Fault;
  readonly right: readonly number[]; // losses
  readonly faulty: readonly number[];
}

// The gradient check, on the model and the text that are looked at.
export class GradientsState {
  readonly tokens = signal(0); // that it is made on
  readonly samplesLeft = signal<number | null>(null); // null before it has begun
  readonly tensors = signal<readonly TensorProof[]>([]);
  readonly problem = signal<string | null>(null);
  readonly fault = signal<Fault>('none');
  readonly tensor = signal(0); // the one whose finite differences are shown
  readonly slopes = signal<readonly Slopes[]>([]); // by growing epsilon, as far as they are there
  readonly epsilon = signal(16); // which of EPSILONS is told of
  readonly training = signal<TrainingPair | null>(null);
  readonly trains = signal(false);

  readonly failed = computed(() => this.tensors.value.filter(({ pass }) => !pass).length);

  private isStale = () => false;
  private revision = 0; // of the finite differences

  constructor(private readonly port: InspectPort) {}

  // Anew, until what is looked at is another.
  async prove(isStale: () => boolean): Promise<void> {
    this.isStale = isStale;
    this.problem.value = null;
    for (let type: 'prove' | 'sample' = 'prove'; ; type = 'sample') {
      const answer = await this.port.ask({ type });
      if (isStale()) return;
      if (answer.type === 'refused') {
        this.problem.value = answer.error.message;
        this.tensors.value = [];
        return;
      }
      this.tokens.value = answer.tokens;
      this.samplesLeft.value = answer.samplesLeft;
      if (answer.samplesLeft === 0) break;
    }
    await this.check();
  }

  async choose(tensor: number): Promise<void> {
    this.tensor.value = tensor;
    await this.measure();
  }

  async setFault(fault: Fault): Promise<void> {
    this.fault.value = fault;
    this.training.value = null;
    if (this.samplesLeft.peek() === 0) await this.check();
  }

  // Trains two models from the start, one of them with the fault.
  async train(): Promise<void> {
    const fault = this.fault.peek();
    if (this.trains.peek()) return;
    this.trains.value = true;
    const begun = await this.port.ask({ type: 'begin-training', fault });
    if (begun.type === 'refused') this.problem.value = begun.error.message;
    let pair: TrainingPair = { fault, right: [], faulty: [] };
    while (begun.type === 'trained' && pair.right.length < TRAINED_STEPS) {
      if (this.fault.peek() !== fault) break;
      const more = await this.port.ask({ type: 'train', steps: AT_A_TIME });
      if (more.type !== 'trained' || this.fault.peek() !== fault) break;
      pair = {
        fault,
        right: [...pair.right, ...more.right],
        faulty: [...pair.faulty, ...more.faulty],
      };
      this.training.value = pair;
    }
    this.trains.value = false;
  }

  private async check(): Promise<void> {
    const answer = await this.port.ask({ type: 'tensors', fault: this.fault.peek() });
    if (this.isStale() || answer.type !== 'tensors') return;
    this.tensors.value = answer.tensors;
    this.tensor.value = Math.min(this.tensor.peek(), answer.tensors.length - 1);
    await this.measure();
  }

  // The finite differences of the chosen tensor, one epsilon after another.
  private async measure(): Promise<void> {
    const revision = ++this.revision;
    const tensor = this.tensor.peek();
    this.slopes.value = [];
    for (const epsilon of EPSILONS) {
      const answer = await this.port.ask({ type: 'slopes', tensor, epsilon });
      if (revision !== this.revision || this.isStale()) return;
      if (answer.type !== 'slopes') return;
      this.slopes.value = [...this.slopes.peek(), answer.slopes];
    }
  }
}

// How far a finite difference is from the gradient it is to prove: the engine's where it has a
// fault, which is then the one in question, else the reference's, which is the finest there is.
export function errorOf(slopes: Slopes, of: 'inDouble' | 'inFloat', fault: Fault): number {
  const gradient = fault === 'none' ? slopes.reference : slopes.engine;
  const scale = Math.abs(slopes.reference) || 1;
  return Math.abs(slopes[of] - gradient) / scale;
}
