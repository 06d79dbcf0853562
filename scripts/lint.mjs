// npm run lint: layers, formatting, ESLint and TypeScript.
import { lint } from './lib/checks.mjs';
import { buildWasm } from './lib/engine.mjs';
import { Failure, main } from './lib/log.mjs';
import { installPackages } from './lib/packages.mjs';

await main(async () => {
  await installPackages();
  await buildWasm(); // the page's types are the engine's own
  const { failed } = await lint();
  if (failed.length > 0) {
    throw new Failure(
      `${failed.length} of the checks failed: mend what they say ('npm run format' formats).`,
    );
  }
});
