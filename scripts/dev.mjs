// npm run dev: the page from its sources, reloading as they change.
import { buildWasm } from './lib/engine.mjs';
import { main, say } from './lib/log.mjs';
import { installPackages } from './lib/packages.mjs';
import { servePage } from './lib/serve.mjs';

await main(async () => {
  await installPackages();
  await buildWasm();
  say(`\nClearformer's sources are served at ${await servePage()} (Ctrl+C ends it)`);
});
