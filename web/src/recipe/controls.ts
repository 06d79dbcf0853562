// What the page alone knows of a setting: whether it is seen at once or under "more", and in which
// order. A setting that the engine has and this list has not comes under "more", at the end.
import { settings, type Setting, type SettingGroup } from './schema';

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
  'min_lr',
  'warmup_steps',
  'grad_clip',
  'weight_decay',
  'beta1',
  'beta2',
  'dropout',
  'lora_rank',
  'lora_alpha',
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
