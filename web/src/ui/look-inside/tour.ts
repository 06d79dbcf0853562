import type { InspectState } from '../../inspect/inspect-state';

export interface Stop {
  readonly title: string;
  readonly words: string;
  readonly look: string; // what to do
  readonly go: (state: InspectState) => void;
  readonly beside?: boolean; // the curve and the writing are needed
}

const middle = (state: InspectState) => Math.floor((state.passage.peek()?.length ?? 1) / 2);
const last = (state: InspectState) => (state.passage.peek()?.length ?? 1) - 1;

function anatomy(state: InspectState, place: string, pass: 1 | -1 | 0 = 0): void {
  void state.show('anatomy');
  state.place.value = place;
  state.pass.value = pass;
}

// From text to text, in ten stops: each shows what it tells of, on the model at hand.
export const stops: readonly Stop[] = [
  {
    title: 'Text becomes numbers',
    words:
      'A model knows no letters. The text is cut into tokens, letters or pieces of words, and each token is ' +
      'a number in a list, the vocabulary. Everything that follows is arithmetic on lists of numbers.',
    look: 'Here are the first tokens and their numbers. Type another text into “Text to look at” and see them change.',
    go: (state) => void state.show('attention'),
  },
  {
    title: 'Every token gets a vector',
    words:
      'The number of a token picks a row of a table, the embedding. That row of numbers, its vector, is all ' +
      'that the model knows of the token; training has chosen it. Where the token stands is told in a like way.',
    look: 'Under “Its numbers” each row is the vector of one token of your text, some columns at a time.',
    go: (state) => anatomy(state, 'embedding'),
  },
  {
    title: 'Attention: looking back',
    words:
      'A token alone says little. In attention it looks at those before it and takes something from them. Several ' +
      'heads do so at once, and each decides anew at every token which ones: it compares what this token asks, ' +
      'its query, with what each earlier one offers, its key.',
    look: 'Under “One token’s row” point at a token and see where it looks. Press other heads: they look for other things.',
    go: (state) => {
      void state.show('attention');
      state.choose(middle(state));
    },
  },
  {
    title: 'Softmax, and why the largest is subtracted',
    words:
      'Comparing gives each earlier token a score. Softmax makes shares of scores: e to the power of each, divided ' +
      'by the sum of all. The same number taken from every score changes no share. But e to the power of 100 is ' +
      'more than a 32-bit number can hold: it becomes infinity.',
    look: 'Switch the subtraction off: infinity divided by infinity is not a number, NaN.',
    go: (state) => {
      void state.show('attention');
      state.choose(middle(state));
    },
  },
  {
    title: 'The residual stream',
    words:
      'The model is a stack of layers: in each, attention, and then an MLP, a small network that works on every token ' +
      'by itself. None replaces what was there: each adds its part to a stream of numbers that runs from the embedding to ' +
      'the end. So one can read the stream after any layer, as if the model ended there.',
    look: 'In “After every layer” read a column from the bottom up: at which layer does the guess appear?',
    go: (state) => {
      void state.show('expects');
      state.choose(middle(state));
    },
  },
  {
    title: 'The loss: how much it was surprised',
    words:
      'The model gives every possible next token a chance. Its loss is the surprise at the one that came: ' +
      'minus the logarithm of that chance. A model that always knew would have a loss of 0.',
    look: 'The dark tokens were the surprising ones. Under “Switch a part off” press the MLP of layer 1 and watch the loss.',
    go: (state) => void state.show('expects'),
  },
  {
    title: 'Backward: who is to blame?',
    words:
      'Every number in the model had a share in that loss. Going back from the loss, op by op, each op passes the ' +
      'blame on to what it was made from. That share is the number’s gradient: how the loss would move if it were larger.',
    look: 'Watch it go back. Then press an op and select one of its numbers: where it came from, and what its gradient says.',
    go: (state) => anatomy(state, 'losses', -1),
  },
  {
    title: 'Is the gradient right?',
    words:
      'Written by hand, it may be wrong, and a model with a wrong gradient learns all the same, only worse. ' +
      'So it is checked: move a weight a little, see how the loss moves, compare.',
    look: 'Each line is one table of weights, a tensor; all should pass. Switch a mistake on and see which fail.',
    go: (state) => void state.show('gradients'),
  },
  {
    title: 'The optimizer takes a step',
    words:
      'Each weight is moved a little against its gradient. The usual way, AdamW, keeps a running mean of it and of its ' +
      'square, so that every weight has a pace of its own. Then the next text, thousands of times.',
    look: 'It is the last op of a step, at the right end of the figure. AdamW keeps two numbers for each weight: they are in the list below.',
    go: (state) => {
      void state.show('memory').then(() => state.memory.look(Infinity));
    },
  },
  {
    title: 'Sampling: a text again',
    words:
      'To write, the chances of the next token are taken, one is drawn, and it becomes part of the text. ' +
      'Then again. Temperature makes the draw bolder or more careful.',
    look: 'These are the chances after the last token. Now press Generate, beside the curve.',
    go: (state) => {
      void state.show('expects');
      state.choose(last(state));
    },
    beside: true,
  },
];
