// What the page alone knows of a setting: whether it is seen at once or under "more", and in which
// order. A setting that the engine has and this list has not comes under "more", at the end.
import type { Entries } from './entries';
import { settingOf, settings, type Setting, type SettingGroup } from './schema';

const seenAtOnce = [
  'n_layer',
  'n_head',
  'n_embd',
  'block_size',
  'steps',
  'batch_size',
  'lr',
  'seed',
] as const;

const underMore = [
  'tokenizer',
  'bias',
  'norm',
  'activation',
  'position',
  'n_kv_head',
  'qk_norm',
  'tied_head',
  'schedule',
  'min_lr',
  'decay_fraction',
  'warmup_steps',
  'optimizer',
  'momentum',
  'grad_clip',
  'skip_nonfinite',
  'weight_decay',
  'beta1',
  'beta2',
  'dropout',
  'lora_rank',
  'lora_alpha',
  'label_smoothing',
  'z_loss',
  'grad_accum_steps',
  'val_fraction',
  'eval_every',
  'eval_batches',
] as const;

export const knownNames: readonly string[] = [...seenAtOnce, ...underMore];

export interface Controls {
  readonly main: readonly Setting[];
  readonly more: readonly Setting[];
}

export function controlsOf(groups: readonly SettingGroup[]): Controls {
  const members = settings
    .filter((setting) => groups.includes(setting.group))
    .sort((a, b) => rank(a) - rank(b));
  const isMain = (setting: Setting) => (seenAtOnce as readonly string[]).includes(setting.name);
  return {
    main: members.filter(isMain),
    more: members.filter((setting) => !isMain(setting)),
  };
}

function rank(setting: Setting): number {
  const place = knownNames.indexOf(setting.name);
  return place < 0 ? knownNames.length : place;
}

// Why a setting has no effect as the others stand; null where it has one.
export function idleBecause(setting: Setting, entries: Entries): string | null {
  const other = setting.with ? settingOf(setting.with) : null;
  if (!other) return null;
  const value = String(entries[other.name]);
  if (setting.with_values?.includes(value) || !other.choices?.includes(value)) return null;
  return `No effect while ${other.label} is ${value}.`;
}
