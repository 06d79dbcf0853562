// Sentences that the page says about a run, apart from where it says them.
import type { WrittenToken } from '../protocol/to-page';
import type { Recipe } from '../recipe/recipe';
import type { PastSchedule } from '../recipe/schedule';
import { settingOf } from '../recipe/schema';
import type { Range } from './chart-state';
import { formatChance, formatCount, formatLoss, formatRate } from './format';
import type { Evaluation } from './series';
import type { RunState } from './run-state';
import type { StepFacts } from './step-facts';

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

// The numbers of one step, for those who do not see the chart.
export function stepSentence(step: number, facts: StepFacts): string {
  const { loss, lr, gradNorm, evaluation, writing } = facts;
  const parts = [
    `Step ${formatCount(step)}: training loss ${formatLoss(loss)}`,
    `learning rate ${formatRate(lr)}`,
    `gradient norm ${formatLoss(gradNorm)}`,
  ];
  if (evaluation) {
    const { step: at, valLoss } = evaluation;
    parts.push(`validation loss ${formatLoss(valLoss)} at step ${formatCount(at)}`);
  }
  const sample = writing && ` Sample of step ${formatCount(writing.step)}: ${writing.text.value}`;
  return `${parts.join(', ')}.${sample ?? ''}`;
}

const spaces: Readonly<Record<string, [mark: string, name: string]>> = {
  ' ': ['␣', 'space'],
  '\n': ['↵', 'line end'],
  '\t': ['⇥', 'tab'],
};

// A token as it can be seen: spaces have marks.
export function shownToken(text: string): string {
  return text === '' ? '…' : text.replace(/[ \n\t]/g, (space) => spaces[space]![0]);
}

// What a token might have been, for those who do not see it.
export function tokenSentence(token: WrittenToken): string {
  const { piece: text = token.text, probability, alternatives } = token;
  const name = (token: string) => spaces[token]?.[1] ?? `“${shownToken(token)}”`;
  const others = alternatives
    .filter((other) => other.text !== text)
    .map((other) => `${name(other.text)} ${formatChance(other.probability)}`);
  const chosen = `${name(text)}, ${formatChance(probability)}.`;
  return others.length > 0 ? `${chosen} Else: ${others.join(', ')}.` : chosen;
}

// "Learning rate 0.0005, Steps 3,000": settings with what a recipe has for them.
export function listed(names: readonly string[], recipe: Recipe): string {
  return names
    .map((name) => {
      const value = recipe[name];
      const shown = name === 'steps' ? formatCount(Number(value)) : String(value);
      return `${settingOf(name)?.label ?? name} ${shown}`;
    })
    .join(', ');
}

// How a run was trained before, where its recipe alone does not say so.
export function pastSentence({ until, steps, lr, minLr, gradClip }: PastSchedule): string {
  return (
    `Until step ${formatCount(until)}: learning rate ${lr}, final rate ${minLr}, ` +
    `clip ${gradClip}, ${formatCount(steps)} steps.`
  );
}

// What a chart shows, for those who do not see it.
export function chartDescription(
  step: number,
  first: Evaluation | null,
  last: Evaluation | null,
  range: Range | null = null, // null is the whole run
): string {
  if (step === 0 && !last) return 'Chart of the loss; nothing has been trained yet.';
  const part = range && `, from step ${formatCount(range.from)} to ${formatCount(range.to)}`;
  const begun = `Chart of the loss over ${formatCount(step)} steps${part ?? ''}.`;
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

// Why the engine is a plainer one than this place has a use for.
export function insteadWords(reason: string): string {
  return (
    `The engine that is fastest here could not be loaded: ${plainReason(reason)}. This one works on one ` +
    'thread, slower. Reload the page to try the other again.'
  );
}

// The class of arithmetic that made the fingerprint, and on how many threads, which never matters.
export function arithmetic(info?: { fingerprint_class: string; threads: number }): string {
  if (!info) return '';
  const { fingerprint_class: kind, threads } = info;
  return `${kind} arithmetic, ${threads} ${threads === 1 ? 'thread' : 'threads'}`;
}

// How a run ended, for a notification.
export function endWords(run: {
  readonly name: string;
  readonly phase: PagePhase;
  readonly step: number;
  readonly valLoss: number | null;
  readonly trouble: string | null;
}): { title: string; body: string } {
  const title = `${capital(phaseName(run.phase))}: ${run.name}`;
  const taken = `${formatCount(run.step)} steps`;
  if (run.phase === 'failed') return { title, body: `${taken}. ${run.trouble ?? ''}`.trim() };
  const loss = run.valLoss === null ? '' : `, validation loss ${formatLoss(run.valLoss)}`;
  return { title, body: `${taken}${loss}.` };
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
    readonly diverged: boolean; // remedies stand beside it
  },
): string {
  const { step, steps, vocabSize, evaluating, trouble, crashed, diverged } = facts;
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
      return `Done after ${formatCount(step)} steps. Save the run, write with it, or raise Steps to go on.`;
    case 'failed':
      if (diverged) return trouble ?? '';
      if (!crashed)
        return `${trouble ?? ''} Lower the rate and press Resume, or change the recipe and press Train anew.`;
      return (
        `The engine stopped at step ${formatCount(step)}: ${plainReason(trouble ?? '')}. ` +
        'The text and the recipe are kept, and a new engine stands ready: press Train anew.'
      );
  }
}
