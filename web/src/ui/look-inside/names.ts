import type { ChosenHead } from '../../inspect/attention-state';
import { MLP, type Part } from '../../inspect/messages';

// Layers and heads are counted from 1, as people count.
export function headName({ layer, head }: ChosenHead): string {
  return head === 'mean'
    ? `Layer ${layer + 1}, mean of heads`
    : `Layer ${layer + 1}, head ${head + 1}`;
}

export function partName({ layer, head }: Part): string {
  return head === MLP ? `Layer ${layer + 1}, MLP` : headName({ layer, head });
}

// Stages of the residual stream.
export const stageName = (stage: number) => (stage === 0 ? 'embedding' : `layer ${stage}`);
