import type * as generated from '../engine/generated/inspect/inspect.mjs';
import type { EngineError } from '../engine/types';
import { answerOrigin, answerWindow } from './answer-numbers';
import {
  FAULTS,
  type AnatomyTensor,
  type Fault,
  type InspectAnswer,
  type InspectQuestion,
  type ModelFacts,
  type Passage,
  type StepProfile,
  type Timeline,
} from './messages';

export type InspectModule = Pick<generated.MainModule, 'Inspection'>;
type Floats = Float32Array<ArrayBuffer>;

// Answers questions with the module: one model and one text at a time.
export class Answerer {
  private readonly inspection: generated.Inspection;
  private model: ModelFacts | null = null;
  private tensors = 0; // of the gradient check

  constructor(module: InspectModule) {
    this.inspection = new module.Inspection();
  }

  answer(question: InspectQuestion): InspectAnswer {
    const { inspection } = this;
    switch (question.type) {
      case 'open':
        return this.open(question.run);
      case 'read':
        return passage(inspection.read(question.text));
      case 'look':
        return passage(inspection.look(question.first));
      case 'switch': {
        const { layer, head } = question.part;
        return passage(inspection.setPart(layer, head, question.on));
      }
      case 'attention':
        return { type: 'attention', maps: this.attention() };
      case 'expectations':
        return this.expectations(question.position, question.perStage);
      case 'lens': {
        const { ids, probabilities } = inspection.lens();
        return { type: 'lens', lens: { ids: own(ids), probabilities: own(probabilities) } };
      }
      case 'worth':
        return { type: 'worth', worth: own(inspection.worth()) };
      case 'continue':
        return { type: 'continued', text: String(inspection.continuation(question.tokens)) };
      case 'prove':
        return this.proof(inspection.prove());
      case 'sample':
        return this.proof(inspection.sample());
      case 'tensors':
        return { type: 'tensors', tensors: this.proofs(question.fault) };
      case 'slopes': {
        const { tensor, epsilon } = question;
        const { reference, engine, in_double, in_float } = inspection.slopes(tensor, epsilon);
        const slopes = { epsilon, reference, engine, inDouble: in_double, inFloat: in_float };
        return { type: 'slopes', slopes };
      }
      case 'begin-training': {
        const { error } = inspection.beginTraining(FAULTS.indexOf(question.fault));
        return error.code ? refused(error) : { type: 'trained', right: [], faulty: [] };
      }
      case 'dissect':
        return { type: 'dissected', anatomy: this.dissected() };
      case 'window':
        return answerWindow(inspection, question);
      case 'origin':
        return answerOrigin(inspection, question);
      case 'timeline':
        return { type: 'timeline', timeline: timelineOf(inspection.timeline(question.threads)) };
      case 'profile': {
        const { error, json } = inspection.profile(question.seconds);
        if (error.code) return refused(error);
        return { type: 'profiled', profile: JSON.parse(json as string) as StepProfile };
      }
      case 'train': {
        const steps = Array.from({ length: question.steps }, () => inspection.train());
        const refusal = steps.find(({ error }) => error.code);
        if (refusal) return refused(refusal.error);
        return {
          type: 'trained',
          right: steps.map(({ right }) => right),
          faulty: steps.map(({ faulty }) => faulty),
        };
      }
    }
  }

  private open(run: Uint8Array): InspectAnswer {
    const { error, most_together, ...facts } = this.inspection.open(run);
    if (error.code) return refused(error);
    const { step, layers, heads, pieces } = facts;
    this.model = { step, layers, heads, pieces, mostTogether: most_together };
    return { type: 'model', model: this.model };
  }

  private attention(): Floats[] {
    const { layers, heads } = this.model ?? { layers: 0, heads: 0 };
    return Array.from({ length: layers * heads }, (_, i) =>
      own(this.inspection.attention(Math.floor(i / heads), i % heads)),
    );
  }

  private proof(report: generated.ProofReport): InspectAnswer {
    if (report.error.code) return refused(report.error);
    this.tensors = report.tensors;
    return { type: 'proof', tokens: report.tokens, samplesLeft: report.samples_left };
  }

  private proofs(fault: Fault) {
    this.inspection.setFault(FAULTS.indexOf(fault));
    return Array.from({ length: this.tensors }, (_, i) => {
      const { name, rows, cols, relative_error, tolerance, pass } = this.inspection.tensor(i);
      return { name: name as string, rows, cols, relativeError: relative_error, tolerance, pass };
    });
  }

  private dissected(): AnatomyTensor[] {
    return Array.from({ length: this.inspection.dissect() }, (_, i) => {
      const { name, shape, fate, why, value, gradient } = this.inspection.anatomy(i);
      return {
        name: name as string,
        shape: Array.from(shape),
        fate: fate as string,
        why: why as string,
        value: { ...value, histogram: own(value.histogram) },
        gradient: { ...gradient, histogram: own(gradient.histogram) },
      };
    });
  }

  private expectations(position: number, perStage: number): InspectAnswer {
    const report = this.inspection.expectations(position, perStage);
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
}

function passage(report: generated.PassageReport): InspectAnswer {
  if (report.error.code) return refused(report.error);
  const { first, length, loss } = report;
  const told: Passage = {
    ids: own(report.ids),
    surprises: own(report.surprises),
    first,
    length,
    loss,
  };
  return { type: 'passage', passage: told };
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

// Arrays that the module returns are copies of its memory, which is not shared.
const own = (floats: Float32Array) => floats as Floats;
const refused = (error: generated.EngineError): InspectAnswer => ({
  type: 'refused',
  error: error as EngineError,
});
