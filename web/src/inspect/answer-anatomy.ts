import type * as generated from '../engine/generated/anatomy/anatomy.mjs';
import { own } from './answers';
import type { AnatomyTensor, InspectAnswer } from './messages';

// The tensors of a pass.
export function answerAnatomy(anatomy: generated.Anatomy): InspectAnswer {
  return { type: 'dissected', anatomy: dissected(anatomy) };
}

function dissected(anatomy: generated.Anatomy): AnatomyTensor[] {
  return Array.from({ length: anatomy.dissect() }, (_, i) => {
    const { name, shape, fate, why, value, gradient } = anatomy.anatomy(i);
    return {
      name: name as string,
      shape: Array.from(shape),
      fate: fate as string,
      why: why as string,
      value: { ...value, histogram: own(value.histogram) },
      gradient: { ...gradient, histogram: own(gradient.histogram) },
    };
  });
}
