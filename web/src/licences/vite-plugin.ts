// Part of the build, not of the page: the licences of all that the built page holds, as one file. What was
// bundled is asked of the bundles themselves, those of the workers as well.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin, Rolldown } from 'vite';

export const LICENCES = 'licences.txt';

interface Part {
  readonly name: string;
  readonly licence: string;
  readonly text: string;
}

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
// What is compiled into the engine, as its build has said it (scripts/lib/licences.mjs).
const engineParts = () =>
  JSON.parse(readFileSync(at('../engine/generated/licences.json'), 'utf8')) as Part[];

/** Two plugins: one for the bundles of the workers, which are made first, and one for the page's. */
export function licences(): { readonly workers: () => Plugin; readonly page: Plugin } {
  const folders = new Set<string>();
  const collect = (_: unknown, bundle: Rolldown.OutputBundle) => {
    for (const chunk of Object.values(bundle)) {
      if (chunk.type !== 'chunk') continue;
      for (const id of chunk.moduleIds) {
        const folder = packageFolder(id);
        if (folder) folders.add(folder);
      }
    }
  };
  return {
    workers: () => ({ name: 'licences-of-workers', generateBundle: collect }),
    page: {
      name: 'licences',
      apply: 'build',
      generateBundle(options, bundle) {
        collect(options, bundle);
        const parts = [ours(), ...[...folders].sort().map(partOf), ...engineParts()];
        const source = parts.map(words).join(`\n${'-'.repeat(80)}\n\n`);
        this.emitFile({ type: 'asset', fileName: LICENCES, source });
      },
    },
  };
}

// The folder of the package that a module belongs to; null for one of our own, or of the bundler's.
function packageFolder(id: string): string | null {
  return (
    /^[^\0]*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(id.replaceAll('\\', '/'))?.[0] ?? null
  );
}

function ours(): Part {
  return {
    name: 'Clearformer',
    licence: 'MIT',
    text: readFileSync(at('../../../LICENSE'), 'utf8'),
  };
}

// A package that says nothing must not be shipped unseen.
function partOf(folder: string): Part {
  const { name, version, license } = JSON.parse(
    readFileSync(join(folder, 'package.json'), 'utf8'),
  ) as Record<string, string>;
  const file = readdirSync(folder).find((entry) => /^(licen[cs]e|copying)/i.test(entry));
  if (!license || !file) throw new Error(`${name} is bundled, but has no licence in ${folder}.`);
  return {
    name: `${name} ${version}`,
    licence: license,
    text: readFileSync(join(folder, file), 'utf8'),
  };
}

const words = ({ name, licence, text }: Part) => `${name} (${licence})\n\n${text.trim()}\n`;
