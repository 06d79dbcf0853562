// Public texts by address. Nothing is fetched before it is asked for. The books are Project
// Gutenberg's, from its mirror at GitHub: gutenberg.org itself lets no other site's page read them.
export interface PublicText {
  readonly name: string;
  readonly about: string;
  readonly address: string;
}

const MIRROR = 'https://raw.githubusercontent.com';

export const publicTexts: readonly PublicText[] = [
  {
    name: 'Tiny Shakespeare',
    about: '1.1 MB of plays, the text that small models are measured by',
    address: `${MIRROR}/karpathy/char-rnn/master/data/tinyshakespeare/input.txt`,
  },
  {
    name: 'The Time Machine',
    about: 'H. G. Wells, 200 kB',
    address: `${MIRROR}/GITenberg/The-Time-Machine_35/master/35.txt`,
  },
  {
    name: 'Alice in Wonderland',
    about: 'Lewis Carroll, 170 kB',
    address: `${MIRROR}/GITenberg/Alice-s-Adventures-in-Wonderland_11/master/11.txt`,
  },
  {
    name: 'Pride and Prejudice',
    about: 'Jane Austen, 720 kB',
    address: `${MIRROR}/GITenberg/Pride-and-Prejudice_1342/master/1342.txt`,
  },
];

const BEGIN = /^\*\*\* ?START OF TH(?:E|IS) PROJECT GUTENBERG EBOOK[^\n]*\*\*\*\s*\n\s*/m;
const END =
  /\s*^(?:\*\*\* ?END OF TH(?:E|IS) PROJECT GUTENBERG EBOOK|End of (?:the )?Project Gutenberg)/m;

// The book alone where a text is one of Project Gutenberg's, so that no model learns the licence;
// any other text as it is.
export function withoutLicence(text: string): string {
  const begin = BEGIN.exec(text);
  if (!begin) return text;
  const book = text.slice(begin.index + begin[0].length).replaceAll('\r\n', '\n');
  const end = END.exec(book);
  return end ? `${book.slice(0, end.index)}\n` : book;
}
