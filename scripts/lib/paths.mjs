// Where things are. Every path of the project's scripts is derived here, once.
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
export const at = (...parts) => join(root, ...parts);

export const build = at('build');
export const page = join(build, 'page');
export const cli = join(build, 'native', 'clearformer');
export const generated = at('web/src/engine/generated');
export const viteConfig = at('web/vite.config.ts');
export const results = join(build, 'test-results');
// What long runs found, for the table of trust.
export const trust = join(build, 'trust');

// CLEARFORMER_TOOLCHAIN lets several checkouts share one toolchain.
export const toolchain = resolve(root, process.env.CLEARFORMER_TOOLCHAIN || '.toolchain');
export const emscriptenPrefix = join(toolchain, 'emscripten');
export const librariesPrefix = join(toolchain, 'deps');
