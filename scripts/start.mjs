// npm start: everything from a bare clone to the page in a browser.
import { buildWasm } from './lib/engine.mjs';
import { main, say } from './lib/log.mjs';
import { installPackages } from './lib/packages.mjs';
import { buildPage, previewPage } from './lib/serve.mjs';

await main(async () => {
  await installPackages();
  await buildWasm();
  await buildPage();
  say(`\nClearformer is at ${await previewPage()} (Ctrl+C ends it)`);
});
