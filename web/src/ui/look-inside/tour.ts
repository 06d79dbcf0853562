import type { InspectState } from '../../inspect/inspect-state';

export interface Stop {
  readonly title: string;
  readonly words: string;
  readonly look: string; // what to do
  readonly go: (state: InspectState) => void;
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
      'A model knows no letters. The text is cut into tokens, and each token is a number in a list, ' +
      'its vocabulary. Everything that follows is arithmetic on lists of numbers.',
    look: 'Below are the first tokens of the text and their numbers. Type another text and see them change.',
    go: (state) => void state.show('attention'),
  },
  {
    title: 'Every token gets a vector',
    words:
      'The number of a token picks a row of a table, the embedding. That row, some dozens of numbers, ' +
      'is all that the model knows of the token; training has chosen them. A second row says where it stands.',
    look: 'The first line of the anatomy is this table. Its histogram shows the numbers for your text.',
    go: (state) => anatomy(state, 'embedding'),
  },
  {
    title: 'Attention: looking back',
    words:
      'A token alone says little. Each head lets a token look at those before it and take something ' +
      'from them: which ones, it decides anew at every token, by comparing what is asked with what is offered.',
    look: 'Point at a token on the right and see where it looks. Press other heads: they look for other things.',
    go: (state) => {
      void state.show('attention');
      state.choose(middle(state));
    },
  },
  {
    title: 'Softmax, and why the largest is subtracted',
    words:
      'Scores become shares by e to their power, divided by the sum: softmax. A share does not change ' +
      'when the same number is taken from every score. But e to the power of 100 is no float any more.',
    look: 'Switch the subtraction off below: infinity by infinity is not a number.',
    go: (state) => {
      void state.show('attention');
      state.choose(middle(state));
    },
  },
  {
    title: 'The residual stream',
    words:
      'No layer replaces what was there: each adds its part to a stream that runs from the embedding to the ' +
      'end. So one can read the stream after any layer, as if the model ended there.',
    look: 'In “After every layer”, read a column from the bottom up: at which layer does the guess appear?',
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
    look: 'The dark tokens were the surprising ones. Switch a head or an MLP off and watch the loss rise.',
    go: (state) => void state.show('expects'),
  },
  {
    title: 'Backward: who is to blame?',
    words:
      'Every number in the model had a share in that loss. Going back from the loss, op by op, each op ' +
      'passes the blame on to what it was made from: that is the gradient, and the chain rule is all there is to it.',
    look: 'Watch it go back through the anatomy. Select an op: its backward formula stands under its forward one.',
    go: (state) => anatomy(state, 'losses', -1),
  },
  {
    title: 'Is the gradient right?',
    words:
      'Written by hand, it may be wrong, and a model with a wrong gradient learns all the same, only worse. ' +
      'So it is checked: move a weight a little, see how the loss moves, compare.',
    look: 'All tensors should pass. Switch a mistake on and see which fail.',
    go: (state) => void state.show('gradients'),
  },
  {
    title: 'The optimizer takes a step',
    words:
      'Each weight is moved a little against its gradient; AdamW keeps a running mean of it and of its ' +
      'square, so that every weight has a pace of its own. Then the next text, thousands of times.',
    look: 'It is the last op of a step. Its two means are as large as the model itself.',
    go: (state) => {
      void state.show('memory').then(() => state.memory.look(Infinity));
    },
  },
  {
    title: 'Sampling: a text again',
    words:
      'To write, the chances of the next token are taken, one is drawn, and it becomes part of the text. ' +
      'Then again. Temperature makes the draw bolder or more careful.',
    look: 'These are the chances after the last token. Now press Generate, above.',
    go: (state) => {
      void state.show('expects');
      state.choose(last(state));
    },
  },
];
