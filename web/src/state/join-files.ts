import { limits } from '../recipe/schema';
import { withoutMark } from '../text/utf8';
import { fileKind, readHead } from './file-kind';
import { formatBytes } from './format';
import type { Text } from './text-state';

export interface Part {
  readonly name: string;
  readonly bytes: Uint8Array;
}

const LINE_FEED = 10;
const byName = new Intl.Collator('en', { numeric: true });

// Several files as one text, in the order of their names; a sentence that names the file where that
// cannot be.
export async function readParts(files: readonly File[]): Promise<readonly Part[] | string> {
  const limit = limits.max_text_bytes;
  const ordered = [...files].sort((a, b) => byName.compare(a.name, b.name));
  let total = 0;
  for (const file of ordered) {
    total += file.size + 1;
    if (total > limit) {
      return (
        `With “${file.name}” the files have ${formatBytes(total)}; ` +
        `a text may have up to ${formatBytes(limit)}. Leave it out, or choose fewer files.`
      );
    }
  }
  const parts: Part[] = [];
  for (const file of ordered) {
    const part = await readPart(file);
    if (typeof part === 'string') return part;
    parts.push(part);
  }
  return parts;
}

async function readPart(file: File): Promise<Part | string> {
  try {
    if (fileKind(file.name, await readHead(file)) === 'run') {
      return `“${file.name}” is a saved run, not a text. Open it alone.`;
    }
    return { name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) };
  } catch {
    return `“${file.name}” could not be read; the text before is kept. It may be a folder, or have changed meanwhile: choose it again.`;
  }
}

// One after the other, each beginning a line of its own.
export function joinParts(parts: readonly Part[]): Text {
  const pieces: Uint8Array[] = [];
  for (const [i, part] of parts.entries()) {
    const bytes = withoutMark(part.bytes);
    pieces.push(bytes);
    const last = i === parts.length - 1;
    if (!last && bytes.length > 0 && bytes.at(-1) !== LINE_FEED) pieces.push(Uint8Array.of(10));
  }
  const bytes = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  const more = parts.length - 1;
  return {
    name: `${parts[0]!.name} and ${more} more`,
    corpus: null,
    parts: parts.map(({ name }) => name),
    bytes,
  };
}
