// What the page asks the worker that looks inside a model, and what that answers. Tokens are told by
// their numbers in the vocabulary.
import type { EngineError } from '../engine/types';
import type { Health, LrSearch } from './health';

type Floats = Float32Array<ArrayBuffer>;

// A part of a block that can be switched off.
export interface Part {
  readonly layer: number;
  readonly head: number; // or MLP: all of it
}
export const MLP = -1;

export interface ModelFacts {
  readonly step: number;
  readonly layers: number;
  readonly heads: number;
  readonly mostTogether: number; // tokens that are looked at together, at most
  readonly pieces: readonly string[]; // the vocabulary, to be read
}

export interface Passage {
  readonly ids: Floats; // of all tokens of the text
  readonly surprises: Floats; // nats; NaN for the first
  readonly first: number; // what is looked at of it
  readonly length: number;
  readonly loss: number; // nats a token of what is looked at; NaN where nothing follows
}

// Of one position: for each stage of the residual stream some tokens, likeliest first.
export interface Expectations {
  readonly position: number;
  readonly perStage: number;
  readonly ids: Floats; // (stages, perStage)
  readonly probabilities: Floats; // (stages, perStage)
  readonly next: Floats; // (stages): of the token that does come; NaN at the end
  readonly entropies: Floats; // (stages), nats
}

// The likeliest token at each stage and position, and its probability. (stages, length)
export interface Lens {
  readonly ids: Floats;
  readonly probabilities: Floats;
}

// Mistakes in a backward pass, as the module numbers them.
export const FAULTS = ['none', 'softmax', 'residual'] as const;
export type Fault = (typeof FAULTS)[number];

export interface TensorProof {
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
  readonly relativeError: number; // of the largest gradient in the tensor
  readonly tolerance: number;
  readonly pass: boolean;
}

// The slope of the loss along one direction in a tensor, four ways.
export interface Slopes {
  readonly epsilon: number;
  readonly reference: number; // the reference's gradient
  readonly engine: number; // the engine's, with the fault if one is switched on
  readonly inDouble: number; // finite differences, by the reference
  readonly inFloat: number; // and by the engine
}

// One op of a training step.
export interface Moment {
  readonly phase: string;
  readonly op: string;
  readonly what: string; // of the model
  readonly alive: number; // bytes whose content is needed then
}

export interface PlannedBuffer {
  readonly name: string;
  readonly kind: string;
  readonly why: string;
  readonly bytes: number;
  readonly alive: readonly (readonly [from: number, to: number])[]; // moments, the last included
}

export interface Timeline {
  readonly passes: number; // groups of passages that a step has; the last one is told of
  readonly reserved: number; // bytes that the plan takes
  readonly peak: number; // that are alive at once, at most
  readonly tape: number; // that activations and gradients would take were all of them kept
  readonly moments: readonly Moment[];
  readonly buffers: readonly PlannedBuffer[];
}

// A step's time by op, as the engine's benchmark tells it.
export interface StepProfile {
  readonly ms_per_step: number;
  readonly gflops: number;
  readonly peak_gflops: number; // of the machine, measured between the steps
  readonly fraction_of_peak: number;
  readonly threads: number;
  readonly ops: readonly {
    readonly op: string;
    readonly calls: number;
    readonly ms: number;
    readonly gflops: number; // 0 of what is no matrix product
  }[];
}

export interface Statistics {
  readonly mean: number;
  readonly deviation: number;
  readonly largest: number; // in magnitude
  readonly zeros: number; // share
  readonly histogram: Floats; // shares, over -largest to largest; empty where there are no numbers
}

// A tensor of the forward pass, with its gradient.
export interface AnatomyTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly fate: string; // "kept", "made again" or "dropped"
  readonly why: string;
  readonly value: Statistics;
  readonly gradient: Statistics;
}

// Some rows and columns of a tensor of the anatomy, which is rows of its last extent.
export interface NumberWindow {
  readonly tensor: number;
  readonly row: number; // the first ones
  readonly column: number;
  readonly rows: number; // of the whole tensor
  readonly columns: number;
  readonly values: Floats; // row by row
  readonly gradients: Floats; // empty where it has none
}

export interface NamedNumber {
  readonly name: string; // "h.0.ln_1[4, 17]", or what it is
  readonly value: number;
}

// Where a number came from: a formula of its inputs, {0} being the first; where that is empty, the sum
// of the products and the others, which else is the first input.
export interface Origin {
  readonly tensor: number;
  readonly at: number; // which number of it
  readonly value: number;
  readonly gradient: number; // NaN where it has none
  readonly loss: number; // nats a token
  readonly by: number; // the loss were it larger by so much; NaN as the gradient
  readonly lossWith: number;
  readonly formula: string;
  readonly inputs: readonly NamedNumber[];
  // Without a name a factor is 1.
  readonly products: readonly { readonly number: NamedNumber; readonly factor: NamedNumber }[];
  readonly others: number;
  readonly othersSum: number;
}

export type InspectQuestion =
  | { readonly type: 'open'; readonly run: Uint8Array }
  | { readonly type: 'read'; readonly text: string }
  | { readonly type: 'look'; readonly first: number }
  | { readonly type: 'switch'; readonly part: Part; readonly on: boolean }
  | { readonly type: 'attention' }
  | { readonly type: 'expectations'; readonly position: number; readonly perStage: number }
  | { readonly type: 'lens' }
  | { readonly type: 'worth' }
  | { readonly type: 'continue'; readonly tokens: number }
  // The gradient check of the text's first tokens; a sample of the rounding, until none is left.
  | { readonly type: 'prove' }
  | { readonly type: 'sample' }
  | { readonly type: 'tensors'; readonly fault: Fault }
  | { readonly type: 'slopes'; readonly tensor: number; readonly epsilon: number }
  // Two trainings, one with a fault; so many steps of them.
  | { readonly type: 'begin-training'; readonly fault: Fault }
  | { readonly type: 'train'; readonly steps: number }
  | { readonly type: 'timeline'; readonly threads: number }
  // Where the time of a step goes, measured for about so long.
  | { readonly type: 'profile'; readonly seconds: number }
  | { readonly type: 'dissect' }
  // The step that the run would take next, on a copy; a search for its learning rate, then so many
  // steps of it.
  | { readonly type: 'examine' }
  | { readonly type: 'search' }
  | { readonly type: 'search-on'; readonly steps: number }
  // Of what was dissected last.
  | {
      readonly type: 'window';
      readonly tensor: number;
      readonly row: number;
      readonly column: number;
      readonly rows: number;
      readonly columns: number;
    }
  | {
      readonly type: 'origin';
      readonly tensor: number;
      readonly at: number;
      readonly by: number;
    };

export type InspectAnswer =
  | { readonly type: 'model'; readonly model: ModelFacts }
  | { readonly type: 'passage'; readonly passage: Passage }
  // A map (length, length) a head, layer by layer: how much each query attends to each position.
  | { readonly type: 'attention'; readonly maps: readonly Floats[] }
  | { readonly type: 'expectations'; readonly expectations: Expectations }
  | { readonly type: 'lens'; readonly lens: Lens }
  // How much lower each part makes the loss: layer by layer its heads, then its MLP.
  | { readonly type: 'worth'; readonly worth: Floats }
  | { readonly type: 'continued'; readonly text: string }
  | { readonly type: 'proof'; readonly tokens: number; readonly samplesLeft: number }
  | { readonly type: 'tensors'; readonly tensors: readonly TensorProof[] }
  | { readonly type: 'slopes'; readonly slopes: Slopes }
  | { readonly type: 'timeline'; readonly timeline: Timeline }
  | { readonly type: 'profiled'; readonly profile: StepProfile }
  // In the order in which they are computed; none where the text is one token alone.
  | { readonly type: 'dissected'; readonly anatomy: readonly AnatomyTensor[] }
  | { readonly type: 'examined'; readonly health: Health }
  | { readonly type: 'searched'; readonly search: LrSearch }
  | { readonly type: 'window'; readonly window: NumberWindow }
  | { readonly type: 'origin'; readonly origin: Origin }
  // Losses of the steps.
  | {
      readonly type: 'trained';
      readonly right: readonly number[];
      readonly faulty: readonly number[];
    }
  | { readonly type: 'refused'; readonly error: EngineError };

// The answer each question is given when it is not refused.
export interface InspectAnswerType {
  open: 'model';
  read: 'passage';
  look: 'passage';
  switch: 'passage';
  attention: 'attention';
  expectations: 'expectations';
  lens: 'lens';
  worth: 'worth';
  continue: 'continued';
  prove: 'proof';
  sample: 'proof';
  tensors: 'tensors';
  slopes: 'slopes';
  'begin-training': 'trained';
  train: 'trained';
  timeline: 'timeline';
  profile: 'profiled';
  dissect: 'dissected';
  examine: 'examined';
  search: 'searched';
  'search-on': 'searched';
  window: 'window';
  origin: 'origin';
}
