// Part of the build, not of the page.
import { readFileSync } from 'node:fs';
import type { Plugin } from 'vite';
import { compileDerivation } from './compile.ts';

// What imports a derivation has it as HTML.
export function derivations(): Plugin {
  return {
    name: 'derivations',
    enforce: 'pre',
    load(id) {
      if (!id.endsWith('.md')) return null;
      return `export default ${JSON.stringify(compileDerivation(readFileSync(id, 'utf8')))};`;
    },
  };
}
