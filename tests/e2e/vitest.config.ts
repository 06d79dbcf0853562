import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    include: ['tests/e2e/**/*.test.ts'],
    globalSetup: [fileURLToPath(new URL('./page-server.ts', import.meta.url))],
    // One browser at a time: each trains with every core.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A browser that shares its machine is late at times in a way no test foresaw. A second try is
    // said aloud; what is broken fails it too.
    retry: 1,
    // puppeteer-core 24 over BiDi: what waits on a page that is reloaded meanwhile rejects with nobody
    // to hear it. The test that waits fails by itself.
    onUnhandledError: ({ name, message }) =>
      !(name === 'ProtocolError' && message.includes('no such node')),
  },
});
