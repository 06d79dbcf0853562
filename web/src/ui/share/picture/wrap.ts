// A piece of text of one weight.
export interface Run {
  readonly text: string;
  readonly strong: boolean;
}

const ELLIPSIS = '…';

// Breaks runs of text into at most `most` lines of `width`, at spaces where there are any and within
// a word where there are none; what does not fit is cut with an ellipsis.
export function wrapRuns(
  runs: readonly Run[],
  width: number,
  most: number,
  measure: (run: Run) => number,
): Run[][] {
  const lines: Run[][] = [[]];
  let used = 0;
  const breakLine = () => {
    lines.push([]);
    used = 0;
  };
  const put = (run: Run, size: number) => {
    lines.at(-1)!.push(run);
    used += size;
  };
  for (const piece of runs.flatMap(piecesOf)) {
    if (lines.length > most) break;
    if (piece.text === '\n') {
      breakLine();
      continue;
    }
    const size = measure(piece);
    if (used > 0 && used + measure({ ...piece, text: piece.text.trimEnd() }) > width) breakLine();
    if (size <= width) put(piece, size);
    else
      for (const letter of [...piece.text].map((text) => ({ ...piece, text }))) {
        const size = measure(letter);
        if (used + size > width) breakLine();
        if (lines.length > most) break;
        put(letter, size);
      }
  }
  return lines.length > most ? cut(lines.slice(0, most)) : lines;
}

// Words with the spaces after them, and ends of lines.
function piecesOf({ text, strong }: Run): Run[] {
  const pieces = text.match(/\n|[^\S\n]+|\S+[^\S\n]*/gu) ?? [];
  return pieces.map((piece) => ({ text: piece, strong }));
}

function cut(lines: Run[][]): Run[][] {
  const last = lines.at(-1)!;
  const end = last.at(-1);
  const text = (end?.text ?? '').trimEnd() + ELLIPSIS;
  return [...lines.slice(0, -1), [...last.slice(0, -1), { text, strong: end?.strong ?? false }]];
}
