// One case, taken in every way that must not matter.
import { Folder } from '../engine/cli/run';
import type { Case } from './cases';
import { begun, Native } from './native';
import { isRefusal, type Refusal, type Run } from './run';
import { adapt, onOneThread, onThreads } from './wasm';

const kToItsEnd = Number.MAX_SAFE_INTEGER;

/** What two runs, of which the first is right, differ in, in a sentence; '' where in nothing. */
export function difference(what: string, one: Run | Refusal, other: Run | Refusal): string {
  if (isRefusal(one) || isRefusal(other)) {
    const [a, b] = [one, other].map((run) => (isRefusal(run) ? run.refused : 'begun'));
    return a === b ? '' : `${what}: “${a}” there, “${b}” here`;
  }
  const at = one.figures.findIndex((figure, i) => figure !== other.figures[i]);
  if (at >= 0) return `${what}: ${one.figures[at]} there, ${other.figures[at] ?? 'nothing'} here`;
  if (one.figures.length !== other.figures.length)
    return `${what}: ${other.figures[one.figures.length]} here alone`;
  if (one.stopped !== other.stopped) return `${what}: one of them stopped`;
  const byte = one.file.findIndex((value, i) => value !== other.file[i]);
  if (byte >= 0 || one.file.length !== other.file.length)
    return `${what}: the files of ${one.file.length} and ${other.file.length} bytes differ at ${byte}`;
  return '';
}

export interface Outcome {
  /** A sentence for each way that did matter. */
  readonly found: readonly string[];
  /** How the run ended, where all agree. */
  readonly ended: 'done' | 'stopped' | 'refused';
}

/** Takes a case in all these ways. */
export async function takeEveryWay(tried: Case): Promise<Outcome> {
  const folder = new Folder();
  try {
    const { straight, found } = await taken(tried, new Native(tried, folder));
    const stopped = !isRefusal(straight) && straight.stopped;
    return {
      found: found.filter((sentence) => sentence !== ''),
      ended: isRefusal(straight) ? 'refused' : stopped ? 'stopped' : 'done',
    };
  } finally {
    folder.remove();
  }
}

async function taken(tried: Case, native: Native) {
  const gradients = native.gradients(); // meanwhile
  let adapted: Uint8Array | undefined;
  if (tried.recipe.lora_rank) {
    const model = await native.model();
    // Nothing that could be adapted.
    if (isRefusal(model) || model.stopped) return { straight: model, found: [await gradients] };
    adapted = await adapt(tried, model.file);
    await native.adapt(model.file);
  }
  const [straight, rested] = await Promise.all([native.straight(), native.untilCut()]);
  const found = [
    difference('WebAssembly', straight, await onOneThread(tried, kToItsEnd, adapted)),
    difference('WebAssembly until it rests', rested, await onOneThread(tried, tried.cut, adapted)),
    await gradients,
  ];
  if (isRefusal(straight) || begun(rested).stopped) return { straight, found };
  const { file, figures } = begun(rested);
  for (const [what, run] of [
    ['on from a file, natively', await native.resumed(file)],
    ['on from a file, in WebAssembly on threads', await onThreads(tried, file)],
  ] as const) {
    const whole = isRefusal(run) ? run : { ...run, figures: [...figures, ...run.figures] };
    found.push(difference(what, straight, whole));
  }
  return { straight, found };
}
