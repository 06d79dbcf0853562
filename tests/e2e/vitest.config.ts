import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

// What watches the main thread, or trains against the clock, has the machine to itself.
const kAlone = [
  'chart',
  'firefox',
  'first-minute',
  'keep-while-training',
  'main-thread',
  'memory-back',
  'responsive',
  'tasks',
].map((name) => `tests/e2e/${name}.test.ts`);

export default defineConfig({
  test: {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    globalSetup: [fileURLToPath(new URL('./page-server.ts', import.meta.url))],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // A browser that shares its machine is late at times in a way no test foresaw. A second try is
    // said aloud; what is broken fails it too.
    retry: 1,
    // puppeteer-core 24 over BiDi: what waits on a page that is reloaded meanwhile rejects with nobody
    // to hear it. The test that waits fails by itself.
    onUnhandledError: ({ name, message }) =>
      !(name === 'ProtocolError' && message.includes('no such node')),
    projects: [
      {
        extends: true,
        test: {
          name: 'side by side',
          include: ['tests/e2e/**/*.test.ts'],
          exclude: kAlone,
          maxWorkers: 3, // of two processors: some always wait for a clock
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: {
          name: 'alone',
          include: kAlone,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
