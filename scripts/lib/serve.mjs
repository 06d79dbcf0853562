// Vite as a library: its build, its dev server and its preview of the built page, on this machine only.
import { Failure, stage } from './log.mjs';
import { viteConfig } from './paths.mjs';

const settings = { configFile: viteConfig, clearScreen: false, logLevel: 'warn' };

export async function buildPage() {
  const { build } = await import('vite');
  await stage('build the page', async () => {
    try {
      await build(settings);
    } catch (error) {
      console.error(error.message);
      throw new Failure('The page could not be built: mend what Vite says above.');
    }
  });
}

/** Serves build/page; takes the next free port where the usual one is taken. */
export async function previewPage() {
  const { preview } = await import('vite');
  return address(await preview(settings));
}

export async function servePage() {
  const { createServer } = await import('vite');
  const server = await createServer(settings);
  return address(await server.listen());
}

const address = (server) => server.resolvedUrls.local[0];
