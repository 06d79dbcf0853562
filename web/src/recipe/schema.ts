// The engine's table of settings, as the engine itself printed it when it was built.
import schema from '../engine/generated/schema.json';
import type { Recipe, SettingValue } from './recipe';

export type SettingGroup = 'model' | 'training' | 'watching';

export interface Setting {
  readonly name: string;
  readonly type: 'integer' | 'number' | 'boolean' | 'choice';
  readonly default: SettingValue;
  readonly min?: number;
  readonly max?: number;
  readonly exclusive_max?: boolean;
  readonly choices?: readonly string[];
  readonly sized?: string; // begins one more choice, a whole number from min to max ends it: "bpe:"
  readonly with?: string; // has an effect only where this setting has one of with_values
  readonly with_values?: readonly string[];
  readonly group: SettingGroup;
  readonly label: string;
  readonly help: string;
}

export interface Limits {
  readonly max_text_bytes: number;
  readonly max_vocab_size: number;
  readonly max_threads: number;
  readonly max_model_bytes: number; // of a model that travels in a link
}

export const settings = schema.settings as unknown as readonly Setting[];
export const limits: Limits = schema.limits;
// Architectures that have a name, as what they change in a recipe.
export const architectures: Readonly<Record<'gpt2' | 'llama', Recipe>> = schema.presets;

export const defaultRecipe: Recipe = Object.fromEntries(
  settings.map((setting) => [setting.name, setting.default]),
);

// A recipe as the engine writes it: settings that came later stand at their defaults where it has none.
export function recipeFrom(json: string): Recipe {
  return { ...defaultRecipe, ...(JSON.parse(json) as Recipe) };
}

export function settingOf(name: string): Setting | null {
  return settings.find((setting) => setting.name === name) ?? null;
}
