import type * as generated from '../engine/generated/inspect/inspect.mjs';
import { answerAnatomy } from './answer-anatomy';
import { answerHealth } from './answer-health';
import { answerInspection } from './answer-inspection';
import { answerOrigin, answerWindow } from './answer-numbers';
import { answerProof } from './answer-proof';
import { own, refused } from './answers';
import type { InspectAnswer, InspectQuestion, StepProfile } from './messages';
import { modules, NotLoaded, once, type Modules } from './modules';
import { Side, Subject, type SubjectQuestion } from './subject';

// Answers questions with the modules, in the order asked: one model and one text at a time.
export class Answerer {
  private readonly subject = new Subject();
  private readonly inspection;
  private readonly anatomy;
  private readonly proof;
  private readonly healthCheck; // of the run, not of a passage
  private readonly bench;
  private turn: Promise<unknown> = Promise.resolve();

  constructor(modules_: Modules = modules) {
    const { inspect, anatomy, proof, health, bench } = modules_;
    this.inspection = new Side(this.subject, async () => new (await inspect()).Inspection());
    this.anatomy = new Side(this.subject, async () => new (await anatomy()).Anatomy());
    this.healthCheck = once(async () => new (await health()).HealthCheck());
    this.bench = once(bench);
    this.proof = new Side(this.subject, async () => new (await proof()).Proof());
  }

  answer(question: InspectQuestion): Promise<InspectAnswer> {
    const answer = this.turn.then(() => this.answerNow(question)).catch(notLoaded);
    this.turn = answer;
    return answer;
  }

  private async answerNow(question: InspectQuestion): Promise<InspectAnswer> {
    switch (question.type) {
      case 'open':
      case 'read':
      case 'look':
      case 'switch':
        return this.change(question);
      case 'dissect':
        return answerAnatomy(await this.anatomy.ready());
      // Of the pass that was dissected, whatever is looked at by now.
      case 'window':
        return answerWindow(await this.anatomy.loaded(), question);
      case 'origin':
        return answerOrigin(await this.anatomy.loaded(), question);
      case 'prove':
      case 'sample':
      case 'tensors':
      case 'slopes':
      case 'begin-training':
      case 'train':
        return answerProof(await this.proof.ready(), question);
      case 'examine':
      case 'search':
      case 'search-on':
        return answerHealth(await this.healthCheck(), question, this.subject.run);
      case 'profile':
        return this.profile(question.seconds);
      default:
        return answerInspection(await this.inspection.ready(), question, this.subject);
    }
  }

  // Of the subject: one module tells what has become of it, the others hear when they are asked.
  private async change(question: SubjectQuestion): Promise<InspectAnswer> {
    const { subject } = this;
    const inspection = await this.inspection.loaded();
    if (question.type === 'open') {
      const facts = inspection.open(question.run);
      if (facts.error.code) return refused(facts.error);
      subject.opened(question.run, facts);
      this.inspection.knows();
      const { step, layers, heads, pieces, most_together: mostTogether } = facts;
      return { type: 'model', model: { step, layers, heads, pieces, mostTogether } };
    }
    const report = changed(inspection, question);
    if (report.error.code) return refused(report.error);
    if (question.type === 'switch') subject.switched(question.part, question.on);
    else subject.looksAt(question.type === 'read' ? question.text : null, report.first);
    this.inspection.knows();
    const { ids, surprises, first, length, loss } = report;
    return {
      type: 'passage',
      passage: { ids: own(ids), surprises: own(surprises), first, length, loss },
    };
  }

  // Of a step of the run's recipe: on this worker's one thread, strict.
  private async profile(seconds: number): Promise<InspectAnswer> {
    const { recipe } = this.subject;
    if (recipe === null) return refused(noModel);
    const { error, json } = (await this.bench()).benchmark(recipe, seconds, 1, false);
    if (error.code) return refused(error);
    return { type: 'profiled', profile: JSON.parse(json as string) as StepProfile };
  }
}

// A side that cannot be had leaves the others as they are.
function notLoaded(reason: unknown): InspectAnswer {
  if (!(reason instanceof NotLoaded)) throw reason;
  return refused({ code: 'load', where: '', message: reason.message });
}

const noModel = { code: 'state', where: '', message: 'No model is open yet.' };

function changed(
  inspection: generated.Inspection,
  question: Exclude<SubjectQuestion, { type: 'open' }>,
): generated.PassageReport {
  if (question.type === 'read') return inspection.read(question.text);
  if (question.type === 'look') return inspection.look(question.first);
  const { layer, head } = question.part;
  return inspection.setPart(layer, head, question.on);
}
