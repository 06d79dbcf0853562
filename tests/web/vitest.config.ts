import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// Node 20 has relaxed SIMD behind a switch; later ones need none and do not know it.
const isNode20 = process.versions.node.startsWith('20.');

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    execArgv: isNode20 ? ['--experimental-wasm-relaxed-simd'] : [],
    include: ['tests/{web,fuzz,differential}/**/*.test.{ts,tsx}'],
    testTimeout: 30_000, // a busy machine stretches what takes a second
  },
});
