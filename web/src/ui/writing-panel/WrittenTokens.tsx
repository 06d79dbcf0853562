import { memo } from 'preact/compat';
import type { WrittenToken } from '../../protocol/to-page';
import type { Writing } from '../../state/writing-state';

const CHUNK = 64; // tokens that are drawn, and left alone, together
// A token of this probability or more has the shade of its place: the first is none.
const SHADES = [0.7, 0.4, 0.2, 0.08, 0.02];

export function shadeOf(probability: number): number {
  const shade = SHADES.findIndex((least) => probability >= least);
  return shade < 0 ? SHADES.length : shade;
}

// Bytes that are no character: a model of bytes writes many before it has learned anything.
export function isBroken(text: string): boolean {
  return text.includes('\ufffd');
}

// A text of which no tokens are known.
export function WrittenText({ text }: { text: string }) {
  if (!isBroken(text)) return <>{text}</>;
  const parts = text.split(/(\ufffd+)/);
  return (
    <>
      {parts.map((part, i) => (
        <span key={i} class={isBroken(part) ? 'broken' : undefined}>
          {part}
        </span>
      ))}
    </>
  );
}

// A text, token by token as far as more than their text is known.
export function WrittenTokens({ writing }: { writing: Writing }) {
  const { tokens, detailed, text } = writing;
  const count = detailed.value;
  const chunks = [];
  for (let at = 0; at < count; at += CHUNK) {
    const end = Math.min(at + CHUNK, count);
    chunks.push(<Chunk key={at} tokens={tokens} at={at} end={end} />);
  }
  const covered = tokens.reduce((length, token) => length + token.text.length, 0);
  return (
    <>
      {chunks}
      <WrittenText text={text.value.slice(covered)} />
    </>
  );
}

interface ChunkProps {
  readonly tokens: readonly WrittenToken[];
  readonly at: number;
  readonly end: number;
}

const Chunk = memo(function Chunk({ tokens, at, end }: ChunkProps) {
  return (
    <>
      {tokens.slice(at, end).map(({ text, probability }, i) => (
        <span
          key={i}
          class={`token shade-${shadeOf(probability)}${isBroken(text) ? ' broken' : ''}`}
          data-token={at + i}
        >
          {text}
        </span>
      ))}
    </>
  );
});
