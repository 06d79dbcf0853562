// Strings that tokenizers like to treat in ways of their own.
import fc from 'fast-check';
import { text as stories } from './small';

// Of every width in UTF-8: spaces, marks, controls, numbers of several scripts, letters' cases,
// contractions.
const pieces = [
  ...' \t\n\r.,;:!?\'"\\<|>_-0123456789ABCXYZabcdefghijklmnopqrstuvwxyz\u0001\u001b\u007f',
  ...'àçéëñößÆæœ’“”«»–…\u00a0\u00ad\u0301\u200b\u2028\u3000\ufeff\u0120\u010aΔЖжאب٣½Ⅷ',
  ...'狐日本語한글ﬁﷺ🦊🙂🇩🇪👩‍🚀𝔘',
  ...["'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", '  ', '   ', '\n\n', '\t ', '2026', 'the'],
];

/** Every character that `strings` may have. */
export const characters = [...new Set(pieces.join(''))];

export const strings = (count: number): string[] =>
  fc
    .sample(fc.array(fc.constantFrom(...new Set(pieces)), { minLength: 1, maxLength: 40 }), {
      numRuns: count,
      seed: 1,
    })
    .map((some) => some.join(''));

/** What pairs of bytes are learned from, with numbers and contractions to split. */
export const words = `${stories.slice(0, 2_000)} I'll, we've, it's; they're 42, 1234 x 99. Zoë’s café. `;
