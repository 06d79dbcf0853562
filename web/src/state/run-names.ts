import { MOST_NAME, type RunRecord } from '../storage/run-record';

// "tiny stories", or "tiny stories 2" where that is taken.
export function freshName(wanted: string, others: readonly Pick<RunRecord, 'name'>[]): string {
  const taken = new Set(others.map(({ name }) => name));
  const base = cut(wanted.trim() || 'run', MOST_NAME - 5);
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base} ${number}`;
    if (!taken.has(name)) return name;
  }
}

// A fork of a fork is not a "fork of fork".
export function forkName(name: string): string {
  return `${cut(name.replace(/, forked( \d+)?$/, ''), MOST_NAME - 14)}, forked`;
}

function cut(words: string, most: number): string {
  return [...words].slice(0, most).join('');
}
