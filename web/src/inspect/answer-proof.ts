import type * as generated from '../engine/generated/proof/proof.mjs';
import { refused } from './answers';
import { FAULTS, type Fault, type InspectAnswer, type InspectQuestion } from './messages';

type ProofQuestion = Extract<
  InspectQuestion,
  { type: 'prove' | 'sample' | 'tensors' | 'slopes' | 'begin-training' | 'train' }
>;

// The gradient check, and a training with a fault beside one without.
export function answerProof(proof: generated.Proof, question: ProofQuestion): InspectAnswer {
  switch (question.type) {
    case 'prove':
      return state(proof.prove());
    case 'sample':
      return state(proof.sample());
    case 'tensors':
      return { type: 'tensors', tensors: tensors(proof, question.fault) };
    case 'slopes': {
      const { tensor, epsilon } = question;
      const { reference, engine, in_double, in_float } = proof.slopes(tensor, epsilon);
      const slopes = { epsilon, reference, engine, inDouble: in_double, inFloat: in_float };
      return { type: 'slopes', slopes };
    }
    case 'begin-training': {
      const { error } = proof.beginTraining(FAULTS.indexOf(question.fault));
      return error.code ? refused(error) : { type: 'trained', right: [], faulty: [] };
    }
    case 'train':
      return trained(Array.from({ length: question.steps }, () => proof.train()));
  }
}

function state(report: generated.ProofReport): InspectAnswer {
  if (report.error.code) return refused(report.error);
  return { type: 'proof', tokens: report.tokens, samplesLeft: report.samples_left };
}

function tensors(proof: generated.Proof, fault: Fault) {
  proof.setFault(FAULTS.indexOf(fault));
  return Array.from({ length: proof.tensors() }, (_, i) => {
    const { name, rows, cols, relative_error, tolerance, pass } = proof.tensor(i);
    return { name: name as string, rows, cols, relativeError: relative_error, tolerance, pass };
  });
}

function trained(steps: readonly generated.TrainingReport[]): InspectAnswer {
  const refusal = steps.find(({ error }) => error.code);
  if (refusal) return refused(refusal.error);
  return {
    type: 'trained',
    right: steps.map(({ right }) => right),
    faulty: steps.map(({ faulty }) => faulty),
  };
}
