// Sentences that the page says about a run, apart from where it says them.
import { formatCount, formatLoss } from './format';
import type { Evaluation } from './series';
import type { RunState } from './run-state';

type PagePhase = RunState['phase']['value'];

const phaseNames: Readonly<Record<PagePhase, string>> = {
  none: 'ready',
  starting: 'starting',
  running: 'running',
  paused: 'paused',
  done: 'done',
  failed: 'stopped',
};

export function phaseName(phase: PagePhase): string {
  return phaseNames[phase];
}

export function announcement(
  phase: PagePhase,
  step: number,
  steps: number,
  evaluation: Evaluation | null,
): string {
  if (phase === 'none') return '';
  if (phase === 'starting') return 'Starting.';
  const where = `step ${formatCount(step)} of ${formatCount(steps)}`;
  if (phase !== 'running') return `${capital(phaseName(phase))} at ${where}.`;
  if (!evaluation) return `Training, ${where}.`;
  const losses = `training loss ${formatLoss(evaluation.trainLoss)}, validation loss ${formatLoss(evaluation.valLoss)}`;
  return `Step ${formatCount(evaluation.step)}: ${losses}.`;
}

// What a chart shows, for those who do not see it.
export function chartDescription(
  step: number,
  first: Evaluation | null,
  last: Evaluation | null,
): string {
  if (step === 0 && !last) return 'Chart of the loss; nothing has been trained yet.';
  const begun = `Chart of the loss over ${formatCount(step)} steps.`;
  if (!first || !last) return begun;
  return (
    `${begun} Validation loss went from ${formatLoss(first.valLoss)} to ` +
    `${formatLoss(last.valLoss)}, training loss from ${formatLoss(first.trainLoss)} to ` +
    `${formatLoss(last.trainLoss)}.`
  );
}

// "Uncaught RuntimeError: unreachable" -> "unreachable".
export function plainReason(message: string): string {
  const reason = message.replace(/^(Uncaught )?([A-Za-z]*Error: )*/, '').replace(/[.\s]+$/, '');
  return reason || 'no reason was given';
}

// The class of arithmetic that made the fingerprint, and on how many threads, which never matters.
export function arithmetic(info?: { fingerprint_class: string; threads: number }): string {
  if (!info) return '';
  const { fingerprint_class: kind, threads } = info;
  return `${kind} arithmetic, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

// How the run stands, in a sentence or two: what happened and what to do next.
export function runSentence(
  phase: PagePhase,
  facts: {
    readonly step: number;
    readonly steps: number;
    readonly vocabSize: number | null;
    readonly evaluating: number | null; // fraction done
    readonly trouble: string | null;
    readonly crashed: boolean;
  },
): string {
  const { step, steps, vocabSize, evaluating, trouble, crashed } = facts;
  switch (phase) {
    case 'none':
      if (vocabSize === null) return 'Press Train and watch the loss fall.';
      return (
        `Press Train. The loss starts near ln V = ${Math.log(vocabSize).toFixed(2)}, a blind guess ` +
        `among ${formatCount(vocabSize)} tokens, and falls as the model learns.`
      );
    case 'starting':
      return 'Laying out the model and its text.';
    case 'running':
      if (evaluating !== null) return `Evaluating, ${Math.round(evaluating * 100)} % done.`;
      return 'Training. You can write with the model while it learns.';
    case 'paused':
      return `Paused at step ${formatCount(step)} of ${formatCount(steps)}. Nothing is lost.`;
    case 'done':
      return `Done after ${formatCount(step)} steps. Save the run, or write with it.`;
    case 'failed':
      if (!crashed)
        return `${trouble ?? ''} Save the run as it is, or change the recipe and press Train anew.`;
      return (
        `The engine stopped at step ${formatCount(step)}: ${plainReason(trouble ?? '')}. ` +
        'The text and the recipe are kept, and a new engine stands ready: press Train anew.'
      );
  }
}
