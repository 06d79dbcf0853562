// The parts of a link, each written above and read below. Only what differs from the defaults is
// written. A setting's link key is its name in the engine's table; what is no setting has a dot.
import type { Arithmetic } from '../engine/types';
import type { Recipe, SettingValue } from '../recipe/recipe';
import { firstOptions, sampleOptions, type OptionEntries } from '../recipe/sample-options';
import { defaultRecipe, limits, settingOf, settings } from '../recipe/schema';
import type { FieldReader, Fields } from './fields';
import type { SharedRun, SharedText, SharedWriting } from './shared';

const LONGEST_NAME = 60; // characters
const LONGEST_PROMPT = 4000; // characters

export function writeRecipe(fields: Fields, recipe: Recipe): void {
  for (const { name, default: fallback } of settings) {
    const value = recipe[name] ?? fallback;
    if (value !== fallback) fields.set(name, String(value));
  }
}

export function readRecipe(reader: FieldReader): Recipe {
  const recipe: Record<string, SettingValue> = { ...defaultRecipe };
  for (const setting of settings) {
    const value = reader.setting(setting.name, setting);
    if (value !== null) recipe[setting.name] = value;
  }
  return recipe;
}

export function writeText(fields: Fields, text: SharedText): void {
  const set = (key: string, value: string | number | null) => {
    if (value !== null) fields.set(`text.${key}`, String(value));
  };
  set('corpus', text.corpus?.key ?? null);
  set('seed', text.corpus?.seed ?? null);
  set('name', text.name === null ? null : plainName(text.name));
  set('bytes', text.bytes);
  set('sha256', text.sha256);
  set('content', text.content);
}

export function readText(reader: FieldReader): SharedText {
  const corpus = reader.match(
    'text.corpus',
    /^[a-z0-9][a-z0-9-]{0,39}$/,
    'The sample text',
    'named by small letters, digits and hyphens',
  );
  const seed = reader.setting('text.seed', {
    type: 'integer',
    label: 'The sample text’s seed',
    min: 0,
    max: 2 ** 32 - 1,
  });
  if (corpus === null && seed !== null) reader.fail('It has a seed, but no sample text to make.');
  const name = reader.match(
    'text.name',
    new RegExp(`^\\P{C}{1,${LONGEST_NAME}}$`, 'u'),
    'The text’s name',
    `1 to ${LONGEST_NAME} visible characters`,
  );
  const bytes = reader.setting('text.bytes', {
    type: 'integer',
    label: 'The text’s length',
    min: 1,
    max: limits.max_text_bytes,
  });
  const sha256 = reader.match(
    'text.sha256',
    /^[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]$/, // 256 bits: the last letter holds four
    'The text’s SHA-256',
    '43 letters of base64url',
  );
  return {
    corpus: corpus === null ? null : { key: corpus, seed: seed === null ? null : Number(seed) },
    sha256,
    bytes: bytes === null ? null : Number(bytes),
    name,
    content: reader.take('text.content'),
  };
}

// As much of a file's name as a link carries.
export function plainName(name: string): string {
  const visible = [...name.replace(/\p{C}/gu, '')];
  return visible.slice(0, LONGEST_NAME).join('') || 'text';
}

export function writeRun(fields: Fields, run: SharedRun | null): void {
  if (!run) return;
  fields.set('run.class', run.arithmetic);
  fields.set('run.step', String(run.step));
  fields.set('run.fingerprint', run.fingerprint);
}

export function readRun(reader: FieldReader, recipe: Recipe): SharedRun | null {
  const arithmetic = reader.setting('run.class', {
    type: 'choice',
    label: 'The class of arithmetic',
    choices: ['strict', 'fused'],
  });
  const step = reader.setting('run.step', {
    type: 'integer',
    label: 'The fingerprint’s step',
    min: 1,
    max: Number(recipe.steps ?? settingOf('steps')?.max),
  });
  const fingerprint = reader.match(
    'run.fingerprint',
    /^[0-9a-f]{16}$/,
    'The fingerprint',
    '16 hexadecimal digits',
  );
  const parts = [arithmetic, step, fingerprint];
  if (parts.every((part) => part === null)) return null;
  if (arithmetic === null || step === null || fingerprint === null) {
    return reader.fail('A fingerprint needs its step and its class of arithmetic beside it.');
  }
  return { arithmetic: arithmetic as Arithmetic, step: Number(step), fingerprint };
}

export function writeWriting(fields: Fields, writing: SharedWriting | null): void {
  if (!writing) return;
  fields.set('write.prompt', shortened(writing.prompt));
  if (writing.stop) fields.set('write.stop', shortened(writing.stop));
  for (const { name, first } of sampleOptions) {
    const value = writing.options[name];
    if (value !== first) fields.set(`write.${name}`, value);
  }
}

export function readWriting(reader: FieldReader): SharedWriting | null {
  const prompt = readWords(reader, 'write.prompt', 'The prompt');
  const stop = readWords(reader, 'write.stop', 'The text to stop at') ?? '';
  const options: Record<string, string> = { ...firstOptions };
  for (const option of sampleOptions) {
    const value = reader.setting(`write.${option.name}`, option);
    if (value === null) continue;
    options[option.name] = String(value);
    if (prompt === null) reader.fail(`${option.label} is given, but no prompt to write from.`);
  }
  return prompt === null ? null : { prompt, options: options as OptionEntries, stop };
}

function readWords(reader: FieldReader, key: string, label: string): string | null {
  const words = reader.take(key);
  if (words === null || words.length <= LONGEST_PROMPT) return words;
  return reader.fail(`${label} has ${words.length} characters; ${LONGEST_PROMPT} are allowed.`);
}

function shortened(words: string): string {
  return words.slice(0, LONGEST_PROMPT).replace(/\p{Surrogate}/gu, '\uFFFD');
}
