// What has become of a shared run on this page: whether it was reproduced, and what differs if not.
// Pure, so that every case can be tested.
import { FIRST_SEED } from '../corpora/corpora';
import type { Arithmetic } from '../engine/types';
import type { Recipe } from '../recipe/recipe';
import { settings, type Setting } from '../recipe/schema';
import type { Shared, SharedText } from './shared';

export interface TextHere {
  readonly name: string;
  readonly corpus: SharedText['corpus'];
  readonly bytes: number;
  readonly sha256: string | null; // null where it is not known (yet)
}

// The run that was begun since the link came.
export interface RunHere {
  readonly arithmetic: Arithmetic;
  readonly step: number;
  readonly rescheduled: boolean; // steps or rates were changed on the way
  readonly failed: boolean;
  readonly found: string | null; // the fingerprint at the link's step
}

export interface Here {
  readonly text: TextHere | null;
  readonly recipe: Recipe | null; // of the run, or of the next one
  readonly run: RunHere | null;
}

export type Difference =
  | { kind: 'text'; here: TextHere; there: SharedText }
  | { kind: 'recipe'; setting: Setting; here: string; there: string }
  | { kind: 'schedule' }
  | { kind: 'arithmetic'; here: Arithmetic; there: Arithmetic };

export type Verdict =
  | { kind: 'waiting'; differences: readonly Difference[] }
  | { kind: 'needs-text' }
  | { kind: 'training'; differences: readonly Difference[] }
  | { kind: 'reproduced' }
  | { kind: 'differs'; differences: readonly Difference[]; found: string }
  | { kind: 'missed'; failed: boolean; step: number };

export function verdictOf(shared: Shared, here: Here): Verdict {
  const differences = differencesOf(shared, here);
  const { run } = here;
  if (!run) {
    return needsText(shared.text, here.text, differences)
      ? { kind: 'needs-text' }
      : { kind: 'waiting', differences };
  }
  if (run.found !== null && shared.run) {
    return run.found === shared.run.fingerprint
      ? { kind: 'reproduced' }
      : { kind: 'differs', differences, found: run.found };
  }
  const past = run.step > (shared.run?.step ?? Infinity);
  if (run.failed || past) return { kind: 'missed', failed: run.failed, step: run.step };
  return { kind: 'training', differences };
}

// A text of the sender's own that nobody has offered yet: a sample text is not meant to be it.
function needsText(
  wanted: SharedText,
  here: TextHere | null,
  differences: readonly Difference[],
): boolean {
  const own = wanted.sha256 !== null && wanted.corpus === null;
  return (
    own && (!here || (here.corpus !== null && differences.some(({ kind }) => kind === 'text')))
  );
}

export function differencesOf(shared: Shared, { text, recipe, run }: Here): Difference[] {
  const differences: Difference[] = [];
  if (text && isAnother(shared.text, text)) {
    differences.push({ kind: 'text', here: text, there: shared.text });
  }
  if (recipe) differences.push(...recipeDifferences(shared.recipe, recipe));
  if (run?.rescheduled) differences.push({ kind: 'schedule' });
  if (run && shared.run && run.arithmetic !== shared.run.arithmetic) {
    differences.push({ kind: 'arithmetic', here: run.arithmetic, there: shared.run.arithmetic });
  }
  return differences;
}

// By what both sides know of it.
function isAnother(there: SharedText, here: TextHere): boolean {
  if (there.bytes !== null && there.bytes !== here.bytes) return true;
  if (there.sha256 !== null && here.sha256 !== null) return there.sha256 !== here.sha256;
  if (there.corpus === null) return false;
  const seedOf = ({ seed }: { seed: number | null }) => seed ?? FIRST_SEED;
  return there.corpus.key !== here.corpus?.key || seedOf(there.corpus) !== seedOf(here.corpus);
}

// How a run is watched never changes its bits.
function recipeDifferences(there: Recipe, here: Recipe): Difference[] {
  return settings
    .filter(({ name, group }) => group !== 'watching' && there[name] !== here[name])
    .map((setting) => ({
      kind: 'recipe',
      setting,
      here: String(here[setting.name]),
      there: String(there[setting.name]),
    }));
}
