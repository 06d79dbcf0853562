import './Derivation.css';

// The engine's derivation, which the build has made HTML of: see derivation/compile.ts.
export function Derivation({ html }: { html: string }) {
  return (
    <div
      class="inside-derivation small"
      tabIndex={0}
      role="group"
      aria-label="Derivation"
      dangerouslySetInnerHTML={{ __html: html }}
    />
  );
}
