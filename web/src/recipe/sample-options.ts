// How a text is written. The engine checks the ranges of its numbers itself; a whole number must be
// one, and fit, before it gets there.
import type { EngineError, SampleOptions } from '../engine/types';
import { readEntry, type Readable } from './entries';

// How many alternatives are kept with each token; the engine tells up to 8.
export const ALTERNATIVES = 6;

interface Option extends Readable {
  readonly name: Exclude<keyof SampleOptions, 'alternatives'>;
  readonly help: string;
  readonly first: string; // what stands there at first
}

export type OptionName = Option['name'];

export const sampleOptions: readonly Option[] = [
  {
    name: 'temperature',
    type: 'number',
    label: 'Temperature',
    help: '0 always takes the likeliest token; higher dares more.',
    first: '0.8',
  },
  {
    name: 'top_k',
    type: 'integer',
    min: 0,
    max: 2 ** 31 - 1,
    label: 'Top-k',
    help: 'Only the k likeliest tokens may be drawn; 0 is all.',
    first: '0',
  },
  {
    name: 'top_p',
    type: 'number',
    label: 'Top-p',
    help: 'Only the likeliest tokens that make up this share; 1 is all.',
    first: '1',
  },
  {
    name: 'seed',
    type: 'integer',
    min: 0,
    max: 2 ** 32 - 1,
    label: 'Seed',
    help: 'The same seed draws the same text from the same model.',
    first: '1',
  },
  {
    name: 'max_tokens',
    type: 'integer',
    min: 1,
    max: 100_000,
    label: 'Length',
    help: 'How many tokens to write.',
    first: '300',
  },
];

export type OptionEntries = Readonly<Record<OptionName, string>>;

export const firstOptions = Object.fromEntries(
  sampleOptions.map(({ name, first }) => [name, first]),
) as OptionEntries;

// A stop text as it is typed, on one line: \n stands for a line's end.
export function readStop(typed: string): string {
  return typed.replaceAll('\\n', '\n');
}

export function shownStop(stop: string): string {
  return stop.replaceAll('\n', '\\n');
}

// The engine's sentence about an option, with the name that the page gives it.
export function withOptionLabel(error: EngineError): EngineError {
  const option = sampleOptions.find(({ name }) => name === error.where);
  return option ? { ...error, message: error.message.replace(option.name, option.label) } : error;
}

export type OptionsReading =
  { options: SampleOptions; error: null } | { error: { name: OptionName; message: string } };

export function readOptions(entries: OptionEntries): OptionsReading {
  const values: Partial<Record<OptionName, number>> = {};
  for (const option of sampleOptions) {
    const { value, error } = readEntry(option, entries[option.name]);
    if (error !== null) return { error: { name: option.name, message: error } };
    values[option.name] = Number(value);
  }
  const chosen = values as Record<OptionName, number>;
  return { options: { ...chosen, alternatives: ALTERNATIVES }, error: null };
}
