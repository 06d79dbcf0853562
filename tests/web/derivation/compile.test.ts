// The derivations that the page shows are those beside the engine's ops, with formulas that a browser
// draws.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compileDerivation } from '../../../web/src/derivation/compile';

const folder = new URL('../../../engine/ops/', import.meta.url);
const files = readdirSync(folder).filter((name) => name.endsWith('.md'));

describe.each(files)('%s', (name) => {
  const source = readFileSync(new URL(name, folder), 'utf8');
  const html = compileDerivation(source);

  it('has each of its formulas as MathML, and nothing left to be read', () => {
    const displayed = source.match(/^```math$/gm)!.length;
    const inline = source.replace(/```[^]*?```/g, '').match(/\$[^$]+\$/g) ?? [];
    expect(html.match(/<math display="block"/g)).toHaveLength(displayed);
    expect(html.match(/<math[ >]/g)).toHaveLength(displayed + inline.length);
    expect(html).not.toMatch(/\$|\\[a-z]|merror|```/);
  });

  it('begins below the page’s own headings and keeps to its policy: no styles in attributes', () => {
    expect(html).toMatch(/^<h4>/);
    expect(html).not.toMatch(/<h[123]| style=/);
  });
});

it('is text where it is no formula', () => {
  expect(compileDerivation('`a_b` & *c* < $x_1$')).toBe(
    '<p><code>a_b</code> &amp; <em>c</em> &lt; ' +
      '<math><msub><mi>x</mi><mn>1</mn></msub></math></p>\n',
  );
});

it('is refused with HTML in it, or with a formula that cannot be read', () => {
  expect(() => compileDerivation('<img src=x onerror=alert(1)>')).toThrow(/has no HTML: <img/);
  expect(() => compileDerivation('a <b>c</b>')).toThrow(/has no HTML: <b>/);
  expect(() => compileDerivation('$\\frac{1}$')).toThrow();
});
