// Part of the build, not of the page: the derivations beside the engine's ops, which are Markdown with
// LaTeX as GitHub reads it ($inline$ and ```math), become HTML with MathML. A browser draws it with
// its own fonts, and nothing of what makes it is loaded.
import { Marked, type Tokens } from 'marked';
import temml from 'temml';

// The page's headings above a derivation's title.
const HEADINGS_ABOVE = 3;

const marked = new Marked({
  extensions: [
    {
      name: 'formula',
      level: 'inline',
      start: (source) => source.indexOf('$'),
      tokenizer(source) {
        const [raw, formula] = /^\$([^$]+)\$/.exec(source) ?? [];
        return formula === undefined ? undefined : { type: 'formula', raw: raw!, formula };
      },
      renderer: ({ formula }) => mathML(String(formula), false),
    },
  ],
  renderer: {
    code({ text, lang }: Tokens.Code) {
      return lang === 'math' ? `${mathML(text, true)}\n` : false;
    },
    heading({ tokens, depth }: Tokens.Heading) {
      const tag = `h${depth + HEADINGS_ABOVE}`;
      return `<${tag}>${this.parser.parseInline(tokens)}</${tag}>\n`;
    },
    html({ text }: Tokens.HTML | Tokens.Tag) {
      throw new Error(`A derivation has no HTML: ${text.trim()}`);
    },
  },
});

/** The derivation as HTML. Throws where a formula cannot be read, or where there is HTML in it. */
export function compileDerivation(markdown: string): string {
  return marked.parse(markdown, { async: false });
}

// The page's policy allows no styles in attributes: its style sheet has them for Temml's classes.
function mathML(formula: string, displayMode: boolean): string {
  const math = temml.renderToString(formula, { displayMode, throwOnError: true });
  return math.replace(/ style="[^"]*"/g, '');
}
