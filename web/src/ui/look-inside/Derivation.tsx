// The engine's derivations are Markdown of four kinds of block: headings, formulas, which are
// indented, paragraphs and code in backticks.
export function Derivation({ text }: { text: string }) {
  return (
    <div class="inside-derivation small" tabIndex={0} role="group" aria-label="Derivation">
      {text
        .trimEnd()
        .split(/\n\s*\n/)
        .map((block, i) => {
          if (block.startsWith('#')) return <h4 key={i}>{block.replace(/^#+\s*/, '')}</h4>;
          if (block.startsWith('    ')) {
            return (
              <pre key={i} class="mono">
                {block.replace(/^ {4}/gm, '')}
              </pre>
            );
          }
          return (
            <p key={i} class="muted">
              {block.split('`').map((part, at) => (at % 2 ? <code key={at}>{part}</code> : part))}
            </p>
          );
        })}
    </div>
  );
}
