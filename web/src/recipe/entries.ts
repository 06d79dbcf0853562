// What stands in the controls: text while it is being typed, and what it means.
import type { Recipe, SettingValue } from './recipe';
import { settings, type Setting } from './schema';

export type Entry = string | boolean;
export type Entries = Readonly<Record<string, Entry>>;
export type Reading = { value: SettingValue; error: null } | { value: null; error: string };

// What of a setting decides how its entry is read.
export type Readable = Pick<
  Setting,
  'type' | 'label' | 'min' | 'max' | 'exclusive_max' | 'choices' | 'sized'
>;

// The number with which a sized choice begins.
export const FIRST_SIZE = 1024;

export function readEntry(setting: Readable, entry: Entry): Reading {
  if (setting.type === 'boolean') return { value: entry === true, error: null };
  const text = String(entry).trim();
  if (setting.type === 'choice') return readChoice(setting, text);
  const value = text === '' ? NaN : Number(text);
  const given = text === '' ? 'empty' : Number.isNaN(value) ? `“${text}”` : text;
  const allowed = allowedRange(setting);
  if (!Number.isFinite(value)) return wrong(setting, given, allowed);
  if (setting.type === 'integer' && !Number.isInteger(value)) return wrong(setting, given, allowed);
  const { min = -Infinity, max = Infinity, exclusive_max: exclusive } = setting;
  const tooLarge = exclusive ? value >= max : value > max;
  return value < min || tooLarge ? wrong(setting, given, allowed) : { value, error: null };
}

// The number of a sized choice as it is typed, "512" of "bpe:512"; null for any other choice.
export function sizeOf({ sized }: Readable, entry: Entry): string | null {
  const text = String(entry);
  return sized && text.startsWith(sized) ? text.slice(sized.length) : null;
}

function readChoice(setting: Readable, text: string): Reading {
  const { choices = [], sized } = setting;
  const number: Readable = { ...setting, type: 'integer' };
  const size = sizeOf(setting, text);
  if (size !== null) {
    const { value } = readEntry(number, size);
    if (value !== null) return { value: `${sized}${value}`, error: null };
  } else if (choices.includes(text)) return { value: text, error: null };
  const listed = choices.join(', ');
  const allowed = sized ? `${listed}, ${sized}N with N ${allowedRange(number)}` : listed;
  return wrong(setting, `“${text}”`, `one of ${allowed}`);
}

function wrong(setting: Readable, given: string, allowed: string): Reading {
  return { value: null, error: `${setting.label} is ${given}; it must be ${allowed}.` };
}

export function allowedRange({ type, min, max, exclusive_max: exclusive }: Readable): string {
  const kind = type === 'integer' ? 'a whole number' : 'a number';
  if (min === undefined && max === undefined) return kind;
  if (max === undefined) return `${kind} of at least ${min}`;
  const top = `${exclusive ? 'below' : 'up to'} ${max}`;
  return min === undefined ? `${kind} ${top}` : `${kind} from ${min} ${top}`;
}

export function toEntries(recipe: Recipe): Entries {
  return Object.fromEntries(
    settings.map(({ name, default: fallback }) => {
      const value = recipe[name] ?? fallback;
      return [name, typeof value === 'boolean' ? value : String(value)];
    }),
  );
}

export interface Draft {
  readonly recipe: Recipe | null; // null while an entry cannot be read
  readonly errors: Readonly<Record<string, string>>; // by setting
}

export function readEntries(entries: Entries): Draft {
  const errors: Record<string, string> = {};
  const recipe: Record<string, SettingValue> = {};
  for (const setting of settings) {
    const reading = readEntry(setting, entries[setting.name] ?? '');
    if (reading.error === null) recipe[setting.name] = reading.value;
    else errors[setting.name] = reading.error;
  }
  return { recipe: Object.keys(errors).length === 0 ? recipe : null, errors };
}
