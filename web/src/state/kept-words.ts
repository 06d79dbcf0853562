// Sentences about runs that the browser keeps.
import type { RunRecord } from '../storage/run-record';
import { formatBytes, formatCount, formatDuration } from './format';

export type OfferKind = 'go-on' | 'open' | 'elsewhere';

export function stepsOf({ kept }: RunRecord): number {
  return Number(kept.recipe.steps ?? 0);
}

export function isDone(record: RunRecord): boolean {
  return record.kept.step >= stepsOf(record);
}

export function offerKind(record: RunRecord, elsewhere: boolean): OfferKind {
  if (elsewhere) return 'elsewhere';
  return record.kept.training && !isDone(record) ? 'go-on' : 'open';
}

export function offerSentence(record: RunRecord, kind: OfferKind, now: number): string {
  const { name, kept } = record;
  const where = `step ${formatCount(kept.step)} of ${formatCount(stepsOf(record))}`;
  const ago = formatAgo(now - kept.at);
  if (kind === 'elsewhere') return `“${name}” is open in another tab, which kept it at ${where}.`;
  if (kind === 'go-on') return `“${name}” was cut short; it was kept at ${where}, ${ago}.`;
  if (isDone(record)) return `“${name}” is done and kept, ${where}, ${ago}.`;
  return `“${name}” is paused and kept at ${where}, ${ago}.`;
}

export function formatAgo(milliseconds: number): string {
  return milliseconds < 5000 ? 'just now' : `${formatDuration(milliseconds / 1000)} ago`;
}

// How much is kept, and for how long.
export function storageWords(
  runs: readonly RunRecord[],
  allowed: number | null,
  promised: boolean | null,
): string {
  const bytes = runs.reduce((sum, { kept }) => sum + kept.bytes, 0);
  const size = `${formatBytes(bytes)}${allowed === null ? '' : ` of ${formatBytes(allowed)}`}`;
  const used = `${runs.length === 1 ? '1 run' : `${runs.length} runs`}, ${size}.`;
  if (promised === null) return used;
  return promised
    ? `${used} The browser promised to keep them.`
    : `${used} The browser may clear them when it runs short of space: export what matters.`;
}
