// What every refused command has in common.
import { existsSync, readFileSync } from 'node:fs';
import { expect } from 'vitest';
import { run, type Folder, type Outcome } from './run';

/** Expects a command to be refused with one sentence on stderr, and returns that. */
export const refuse = (...args: string[]): string => refusal(run(...args));

export function refusal({ status, stdout, stderr }: Outcome): string {
  expect(stderr).toMatch(/^clearformer: [^\n]+[.?]\n$/);
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  return stderr.slice('clearformer: '.length, -1);
}

/**
 * Expects train to refuse these flags: where --out names nothing yet, nothing comes to be, and where
 * it names a run, that stays as it is. Returns the sentence.
 */
export function refuseTraining(folder: Folder, run: string, ...args: string[]): string {
  const before = readFileSync(run);
  const files = folder.names();
  const sentence = refuse('train', '--out', folder.at('new.safetensors'), ...args);
  expect(refuse('train', '--out', run, ...args)).toBe(sentence);
  expect(existsSync(folder.at('new.safetensors'))).toBe(false);
  expect(readFileSync(run).equals(before)).toBe(true);
  expect(folder.names()).toEqual(files);
  return sentence;
}
