import type * as generated from '../engine/generated/inspect/inspect.mjs';
import { own } from './answers';
import type { InspectAnswer, InspectQuestion, Timeline } from './messages';
import type { Subject } from './subject';

type InspectionQuestion = Extract<
  InspectQuestion,
  {
    type: 'attention' | 'expectations' | 'lens' | 'worth' | 'continue' | 'timeline';
  }
>;

// Attention, what is expected next, parts switched off, and the plan of a step.
export function answerInspection(
  inspection: generated.Inspection,
  question: InspectionQuestion,
  subject: Subject,
): InspectAnswer {
  switch (question.type) {
    case 'attention':
      return { type: 'attention', maps: attention(inspection, subject) };
    case 'expectations':
      return expectations(inspection, question.position, question.perStage);
    case 'lens': {
      const { ids, probabilities } = inspection.lens();
      return { type: 'lens', lens: { ids: own(ids), probabilities: own(probabilities) } };
    }
    case 'worth':
      return { type: 'worth', worth: own(inspection.worth()) };
    case 'continue':
      return { type: 'continued', text: String(inspection.continuation(question.tokens)) };
    case 'timeline':
      return { type: 'timeline', timeline: timelineOf(inspection.timeline(question.threads)) };
  }
}

const attention = (inspection: generated.Inspection, { layers, heads }: Subject) =>
  Array.from({ length: layers * heads }, (_, i) =>
    own(inspection.attention(Math.floor(i / heads), i % heads)),
  );

function expectations(
  inspection: generated.Inspection,
  position: number,
  perStage: number,
): InspectAnswer {
  const report = inspection.expectations(position, perStage);
  return {
    type: 'expectations',
    expectations: {
      position,
      perStage: report.per_stage,
      ids: own(report.ids),
      probabilities: own(report.probabilities),
      next: own(report.next),
      entropies: own(report.entropies),
    },
  };
}

// Rows of columns.
function timelineOf(report: generated.TimelineReport): Timeline {
  const { passes, reserved, peak, tape, phases, ops, whats, alive, intervals } = report;
  const moments = phases.map((phase, i) => ({
    phase,
    op: ops[i]!,
    what: whats[i]!,
    alive: alive[i]!,
  }));
  const spans = report.names.map(() => [] as [number, number][]);
  for (let at = 0; at < intervals.length; at += 3) {
    spans[intervals[at]!]!.push([intervals[at + 1]!, intervals[at + 2]!]);
  }
  const buffers = report.names.map((name, i) => ({
    name,
    kind: report.kinds[i]!,
    why: report.whys[i]!,
    bytes: report.bytes[i]!,
    alive: spans[i]!,
  }));
  return { passes, reserved, peak, tape, moments, buffers };
}
