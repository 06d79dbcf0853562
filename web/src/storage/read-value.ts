// Reading values that were stored or came in a file: anything may stand there.
import { readEntry } from '../recipe/entries';
import type { Recipe, SettingValue } from '../recipe/recipe';
import { settings } from '../recipe/schema';

export type Fields = Readonly<Record<string, unknown>>;

export function readFields(value: unknown): Fields | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Fields)
    : null;
}

// One line, without what a line cannot show.
export function readLine(value: unknown, most: number): string | null {
  if (typeof value !== 'string') return null;
  const line = value
    .slice(0, most * 2)
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, ' ')
    .trim();
  return [...line].slice(0, most).join('') || null;
}

export function readCount(value: unknown): number | null {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : null;
}

// Settings that are not there stand at their defaults; one that is out of its range spoils it all.
export function readRecipe(value: unknown): Recipe | null {
  const fields = readFields(value);
  if (!fields) return null;
  const recipe: Record<string, SettingValue> = {};
  for (const setting of settings) {
    const given = fields[setting.name] ?? setting.default;
    if (typeof given !== typeof setting.default) return null;
    const value = given as SettingValue;
    const reading = readEntry(setting, typeof value === 'boolean' ? value : String(value));
    if (reading.error !== null) return null;
    recipe[setting.name] = reading.value;
  }
  return recipe;
}
