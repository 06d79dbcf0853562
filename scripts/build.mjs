// npm run build: the page, ready for any static host, in build/page.
import { buildWasm } from './lib/engine.mjs';
import { main, say } from './lib/log.mjs';
import { installPackages } from './lib/packages.mjs';
import { buildPage } from './lib/serve.mjs';

await main(async () => {
  await installPackages();
  await buildWasm();
  await buildPage();
  say('\nThe page is in build/page');
});
