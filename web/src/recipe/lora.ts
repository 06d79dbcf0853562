import type { Recipe } from './recipe';

// Whether a recipe trains LoRA's adapters of a model that is there, which no recipe makes.
export const adapts = ({ lora_rank: rank }: Recipe): boolean => Number(rank ?? 0) > 0;
