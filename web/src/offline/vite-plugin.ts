// Part of the build, not of the page: what makes the built page installable and work offline.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Plugin, type ResolvedConfig } from 'vite';
import type { BuiltFiles } from './stock';

const SERVICE_WORKER = 'service-worker.js';
const MANIFEST = 'manifest.webmanifest';
const source = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export function offline(): Plugin {
  let config: ResolvedConfig;
  return {
    name: 'offline',
    apply: 'build',
    configResolved: (resolved) => void (config = resolved),
    transformIndexHtml: () => [
      { tag: 'link', attrs: { rel: 'manifest', href: `./${MANIFEST}` }, injectTo: 'head' },
    ],
    generateBundle() {
      for (const [fileName, content] of Object.entries(installFiles())) {
        this.emitFile({ type: 'asset', fileName, source: content });
      }
    },
    // When all else is written, so that the service worker can name it.
    writeBundle: {
      order: 'post',
      sequential: true,
      handler: () => buildServiceWorker(config.build.outDir),
    },
  };
}

// The manifest, and the icon in the two shapes that systems ask for.
function installFiles(): Record<string, string> {
  const icon = readFileSync(source('../ui/tab/icon.svg'), 'utf8');
  const svg = { type: 'image/svg+xml', sizes: 'any' };
  const paper = colourToken('paper');
  const manifest = {
    name: 'Clearformer',
    short_name: 'Clearformer',
    description: 'Train a small transformer on a text of your own, in the browser.',
    lang: 'en',
    start_url: './',
    scope: './',
    display: 'standalone',
    background_color: paper,
    theme_color: paper,
    icons: [
      { src: 'icon.svg', ...svg, purpose: 'any' },
      { src: 'icon-maskable.svg', ...svg, purpose: 'maskable' },
    ],
  };
  return {
    'icon.svg': icon,
    'icon-maskable.svg': maskable(icon),
    [MANIFEST]: JSON.stringify(manifest, null, 2),
  };
}

// A system cuts this one to a shape of its own: the ground reaches further, the corners are square.
function maskable(icon: string): string {
  const wider = icon
    .replace('viewBox="0 0 32 32"', 'viewBox="-6 -6 44 44"')
    .replace('<rect width="32" height="32" rx="6"', '<rect x="-6" y="-6" width="44" height="44"');
  if (!wider.includes('-6 -6') || wider.includes('rx=')) throw new Error('icon.svg is another');
  return wider;
}

// The light one of a pair in tokens.css.
function colourToken(name: string): string {
  const tokens = readFileSync(source('../ui/tokens.css'), 'utf8');
  const colour = new RegExp(`--${name}: light-dark\\((#\\w+),`).exec(tokens)?.[1];
  if (!colour) throw new Error(`tokens.css has no --${name}`);
  return colour;
}

async function buildServiceWorker(outDir: string): Promise<void> {
  await build({
    configFile: false,
    root: source('.'),
    publicDir: false,
    logLevel: 'warn',
    define: { BUILT_FILES: JSON.stringify(filesIn(outDir)) },
    build: {
      outDir,
      emptyOutDir: false,
      target: 'es2022',
      rolldownOptions: {
        input: source('service-worker.ts'),
        output: { format: 'iife', entryFileNames: SERVICE_WORKER },
      },
    },
  });
}

function filesIn(folder: string): BuiltFiles {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.map'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Object.fromEntries(
    files.map((file) => {
      const hash = createHash('sha256').update(readFileSync(file)).digest('base64');
      return [relative(folder, file).replaceAll(sep, '/'), `sha256-${hash}`];
    }),
  );
}
