import { computed, signal, type ReadonlySignal } from '@preact/signals';
import type { ModelFacts } from './messages';
import { Snapshots } from './snapshots';

// A head, or the mean of all heads of its layer.
export interface ChosenHead {
  readonly layer: number;
  readonly head: number | 'mean';
}

// Where each head looks, now and at some steps before.
export class AttentionState {
  readonly snapshots = new Snapshots();
  readonly head = signal<ChosenHead>({ layer: 0, head: 0 });
  // Of the heads, layer by layer: as they are now, or as they were at the step chosen.
  readonly maps = computed(() => this.snapshots.shown.value?.maps ?? []);
  // The chosen head's map, or its layer's mean.
  readonly map = computed(() => this.mapOf(this.head.value));

  constructor(private readonly model: ReadonlySignal<ModelFacts | null>) {}

  mapOf({ layer, head }: ChosenHead): Float32Array | null {
    const heads = this.model.value?.heads ?? 0;
    const maps = this.maps.value;
    if (head !== 'mean') return maps[layer * heads + head] ?? null;
    const ofLayer = maps.slice(layer * heads, (layer + 1) * heads);
    return (
      ofLayer[0]?.map((_, i) => ofLayer.reduce((sum, map) => sum + map[i]!, 0) / heads) ?? null
    );
  }
}
