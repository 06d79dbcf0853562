// npm run build:native: the command line, in build/native/clearformer.
import { buildNative } from './lib/engine.mjs';
import { main, say } from './lib/log.mjs';

await main(async () => {
  await buildNative();
  say('\nThe command line is build/native/clearformer');
});
