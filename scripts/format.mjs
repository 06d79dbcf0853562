// npm run format: every source file as clang-format and Prettier have it.
import { format } from './lib/checks.mjs';
import { Failure, main } from './lib/log.mjs';
import { installPackages } from './lib/packages.mjs';

await main(async () => {
  await installPackages();
  if ((await format()) !== 0) throw new Failure('A file could not be formatted: see above.');
});
