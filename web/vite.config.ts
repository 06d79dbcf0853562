import { fileURLToPath } from 'node:url';
import preact from '@preact/preset-vite';
import { defineConfig, type Plugin } from 'vite';
import { derivations } from './src/derivation/vite-plugin.ts';
import { licences } from './src/licences/vite-plugin.ts';
import { isolationHeaders } from './src/offline/isolation-headers.ts';
import { offline } from './src/offline/vite-plugin.ts';

// The engine's glue asks for these under Node only, where the tests run it.
const rolldownOptions = { external: ['module', 'worker_threads'] };
// Derivations stand beside the engine's ops.
const fs = { allow: [fileURLToPath(new URL('..', import.meta.url))] };
const server = { host: '127.0.0.1', headers: isolationHeaders, fs };

// While developing, Vite puts styles into the page as elements, which the page's policy forbids.
const developmentPolicy: Plugin = {
  name: 'development-policy',
  apply: 'serve',
  transformIndexHtml: (html) =>
    html.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"),
};

const licenceList = licences();

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  plugins: [preact(), derivations(), developmentPolicy, licenceList.page, offline()],
  server,
  preview: { host: server.host, headers: isolationHeaders },
  worker: { format: 'es', rolldownOptions, plugins: () => [licenceList.workers()] },
  build: {
    outDir: fileURLToPath(new URL('../build/page', import.meta.url)),
    emptyOutDir: true,
    target: 'es2022',
    rolldownOptions,
    // The page's policy allows no data: addresses but for images.
    assetsInlineLimit: 0,
  },
});
