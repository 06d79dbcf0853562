import type * as generated from '../engine/generated/health/health.mjs';
import { refused } from './answers';
import type { Health, LrSearch } from './health';
import type { InspectAnswer, InspectQuestion } from './messages';

export type HealthQuestion = Extract<InspectQuestion, { type: 'examine' | 'search' | 'search-on' }>;

// Of the run that is open, whose file is `run`.
export function answerHealth(
  check: generated.HealthCheck,
  question: HealthQuestion,
  run: Uint8Array | null,
): InspectAnswer {
  if (!run) return refused({ code: 'state', where: '', message: 'No model is open yet.' });
  if (question.type === 'examine') {
    const { error, json } = check.examine(run);
    if (error.code) return refused(error);
    return { type: 'examined', health: JSON.parse(json as string) as Health };
  }
  const begins = question.type === 'search';
  const { error, json } = begins ? check.beginSearch(run) : check.search(question.steps);
  if (error.code) return refused(error);
  return { type: 'searched', search: JSON.parse(json as string) as LrSearch };
}
