// What the page says of a link: plain sentences, apart from where they are said.
import { formatBytes, formatCount } from '../state/format';
import type { ModelReport } from '../engine/types';
import { quoted } from './fields';
import type { Shared, SharedText } from './shared';
import type { Difference, Verdict } from './verdict';

// How the sample text of a key is called on this page; null where it has none of that key.
export type CorpusName = (key: string) => string | null;

export function textName(text: SharedText, corpusName: CorpusName): string {
  if (text.corpus) return corpusName(text.corpus.key) ?? text.corpus.key;
  return text.name ?? (text.sha256 ? 'a text of the sender’s own' : 'any text');
}

// What a link says, for whoever is about to send it.
export function linkSentence(
  { recipe, text, run, model }: Shared,
  corpusName: CorpusName,
  past: { readonly rescheduled: boolean; readonly fromModel: boolean },
): string {
  const what = text.corpus
    ? `the sample text “${textName(text, corpusName)}”`
    : `the name of your text, “${text.name}”, its length and SHA-256`;
  const weights = model ? ' The model travels with it.' : '';
  const carries = `It carries the recipe of ${formatCount(Number(recipe.steps))} steps, ${what}`;
  if (run) {
    return (
      `${carries}, and the fingerprint after step ${formatCount(run.step)}, so that whoever trains ` +
      `it sees “reproduced”.${weights}`
    );
  }
  if (past.fromModel) {
    return (
      `${carries}. The run began with a model that came as a file, which no link carries, so the recipe alone ` +
      `does not lead to these bits, and no fingerprint goes along.${weights}`
    );
  }
  const proof = past.rescheduled
    ? 'Steps or rates were changed on the way, so the recipe alone does not lead to these bits, and no fingerprint goes along.'
    : 'A fingerprint comes with the first step.';
  return `${carries}. ${proof}${weights}`;
}

// What can be done with a model that travelled.
export function modelSentence({ writing }: Shared, open: ModelReport | null): string {
  if (open) {
    return (
      `The link’s model is open: ${formatCount(open.parameters)} weights, 8 bits each, as they were ` +
      `after step ${formatCount(open.step)}. It writes from any prompt; Train begins a run of your ` +
      'own, because a link has no optimizer state to go on with.'
    );
  }
  const from = writing?.prompt ? ` from ${quoted(writing.prompt)}` : '';
  return `A model came with it. Press Write and read what it writes${from}.`;
}

export function verdictSentence(
  verdict: Verdict,
  { run, text }: Shared,
  corpusName: CorpusName,
): string {
  if (text.corpus && verdict.kind === 'waiting' && corpusName(text.corpus.key) === null) {
    return (
      `It was trained on the sample text ${quoted(text.corpus.key)}, which this page does not have. ` +
      'Reload the page for its newest version, or train on another text.'
    );
  }
  const step = formatCount(run?.step);
  switch (verdict.kind) {
    case 'waiting':
      if (verdict.differences.length > 0) {
        return `${listed(verdict.differences)} Trained like this, the bits will be others.`;
      }
      if (!run) return 'Nothing has started. No fingerprint came with it to compare a run with.';
      return (
        `Nothing has started. Train it, and after step ${step} the weights should have the ` +
        `fingerprint ${run.fingerprint}.`
      );
    case 'needs-text':
      return (
        `It was trained on ${text.name ? `“${text.name}”` : 'a text of the sender’s own'}` +
        `${text.bytes === null ? '' : `, ${formatBytes(text.bytes)}`}, which the link names but ` +
        'does not contain. Open or drop that file; the page says whether it is the one.'
      );
    case 'training':
      if (!run) return 'Training. No fingerprint came with the link to compare.';
      if (verdict.differences.length > 0) {
        return `${listed(verdict.differences)} The bits will be others; step ${step} will tell.`;
      }
      return `Training. At step ${step} the weights are compared with the sender’s.`;
    case 'reproduced':
      return (
        `Reproduced: after step ${step} the weights are the sender’s, bit for bit. ` +
        `Fingerprint ${run?.fingerprint}.`
      );
    case 'differs':
      return (
        `Not reproduced: after step ${step} the fingerprint is ${verdict.found}, the sender’s ` +
        `${run?.fingerprint}. ${reason(verdict.differences)}`
      );
    case 'missed':
      return verdict.failed
        ? `The run stopped at step ${formatCount(verdict.step)}, before step ${step}, which the link tells of.`
        : `The run is past step ${step}, which the link tells of. Train anew to compare.`;
  }
}

function reason(differences: readonly Difference[]): string {
  if (differences.length > 0) return listed(differences);
  return (
    'Recipe, text and arithmetic are the same, so the link was changed, or one of the two comes ' +
    'from another version of Clearformer.'
  );
}

const MOST_LISTED = 4;

function listed(differences: readonly Difference[]): string {
  const told = differences.slice(0, MOST_LISTED).map(difference);
  const more = differences.length - told.length;
  return [...told, ...(more > 0 ? [`${more} more settings differ.`] : [])].join(' ');
}

function difference(it: Difference): string {
  if (it.kind === 'recipe') return `${it.setting.label} is ${it.here}, the link’s ${it.there}.`;
  if (it.kind === 'schedule') return 'Steps or rates were changed while it ran.';
  if (it.kind === 'arithmetic') {
    return (
      `This page computes in ${it.here} arithmetic, the sender in ${it.there}: the losses agree ` +
      'closely, the bits do not.'
    );
  }
  const { here, there } = it;
  if (there.bytes !== null && there.bytes !== here.bytes) {
    return (
      `“${here.name}” is another text than the sender’s: ${formatCount(here.bytes)} bytes, not ` +
      `${formatCount(there.bytes)}.`
    );
  }
  if (there.sha256 !== null && here.sha256 !== null) {
    return (
      `“${here.name}” is another text than the sender’s: its SHA-256 begins with ` +
      `${here.sha256.slice(0, 6)}, not ${there.sha256.slice(0, 6)}.`
    );
  }
  return `“${here.name}” is another text than the sender’s.`;
}

// Where a link of so many characters gets.
export function lengthSentence(length: number): string {
  if (length <= 2000) return 'Short enough for every program.';
  if (length <= 60_000)
    return 'Every browser opens it; chat programs may cut it. Mail or a page do not.';
  return (
    'Chromium and Firefox open it from a page or a bookmark; Safari may not, and chat programs cut it. ' +
    'A file is surer.'
  );
}
