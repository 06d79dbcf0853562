// A run's health as the engine tells it (engine/inspect/health.h, lr_finder.h). null: no number.

export interface HealthTensor {
  readonly name: string;
  readonly size: number;
  // Euclidean norms: of the weights, of their gradient before clipping, of what the step adds.
  readonly weight: number;
  readonly gradient: number | null;
  readonly update: number | null;
  readonly ratio: number | null; // update / weight
}

export interface HealthHead {
  readonly layer: number;
  readonly head: number;
  readonly entropy: number | null; // nats
  readonly fraction: number | null; // of the most that there can be
}

export interface HealthMlp {
  readonly layer: number;
  readonly units: number;
  readonly dead: number;
  readonly zeros: number; // share of all outputs
}

// At the step that the run would take next.
export interface Health {
  readonly step: number; // steps done
  readonly loss: number | null;
  readonly lr: number | null;
  readonly grad_norm: number | null;
  readonly scale: number | null; // what clipping makes of the gradient
  readonly passages: number; // that attention and units were looked at with
  readonly together: number; // tokens of each
  readonly problem: string; // why the step cannot be taken
  readonly tensors: readonly HealthTensor[];
  readonly heads: readonly HealthHead[];
  readonly mlps: readonly HealthMlp[];
}

export interface LrSearch {
  readonly steps: number; // at most
  readonly done: boolean;
  readonly lowest: number; // which point's; -1 while the loss never fell
  readonly suggested: number | null;
  readonly points: readonly {
    readonly lr: number;
    readonly loss: number;
    readonly smoothed: number;
  }[];
}

// What can be told of each tensor or group.
export const QUANTITIES = ['ratio', 'weight', 'gradient', 'update'] as const;
export type Quantity = (typeof QUANTITIES)[number];

// Tensors that stand together, and their norms as of one.
export interface HealthGroup extends Readonly<Record<Quantity, number | null>> {
  readonly name: string;
  readonly tensors: readonly HealthTensor[];
}

// The embeddings, each layer, and what comes after the last, in the model's order.
export function groupsOf(health: Health): readonly HealthGroup[] {
  const groups = new Map<string, HealthTensor[]>();
  for (const tensor of health.tensors) {
    const name = groupName(tensor.name);
    groups.set(name, [...(groups.get(name) ?? []), tensor]);
  }
  return Array.from(groups, ([name, tensors]) => {
    const weight = norm(tensors, 'weight');
    const update = norm(tensors, 'update');
    const ratio = weight === null || update === null || weight === 0 ? null : update / weight;
    return { name, tensors, weight, update, ratio, gradient: norm(tensors, 'gradient') };
  });
}

function groupName(tensor: string): string {
  const layer = /^h\.(\d+)\./.exec(tensor);
  if (layer) return `Layer ${Number(layer[1]) + 1}`;
  return /^w[tp]e\./.test(tensor) ? 'Embedding' : 'Head';
}

function norm(tensors: readonly HealthTensor[], of: 'weight' | 'gradient' | 'update') {
  const norms = tensors.map((tensor) => tensor[of]);
  return norms.includes(null) ? null : Math.hypot(...(norms as number[]));
}
