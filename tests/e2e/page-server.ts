import { fileURLToPath } from 'node:url';
import { preview } from 'vite';
import type { TestProject } from 'vitest/node';

declare module 'vitest' {
  interface ProvidedContext {
    // Where the built page is served.
    pageUrl: string;
  }
}

// Serves build/page, as `npm start` does, on a free port while the tests run.
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await preview({
    configFile: fileURLToPath(new URL('../../web/vite.config.ts', import.meta.url)),
    logLevel: 'warn',
    preview: { port: 0 },
  });
  const url = server.resolvedUrls?.local[0];
  if (!url) throw new Error('The page could not be served.');
  project.provide('pageUrl', url);
  return () => server.close();
}
