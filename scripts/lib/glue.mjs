// The JavaScript that Emscripten writes around the engine, made fit for Vite.
import { Failure } from './log.mjs';

// Emscripten 3.1.69 hands the options of its pthread worker over in a variable. Vite reads them only
// where they stand in the call, and otherwise emits a worker that is no module:
// `"import.meta" cannot be used outside of module code`.
const kOptions = /var workerOptions=(\{[^{}]*\});/;
const kWorker = /new Worker\(new URL\("engine\.mjs",\s*import\.meta\.url\),\s*workerOptions\)/;

/** The glue with the options of its worker in the call. Fails where the glue is another. */
export function withBundledWorker(glue) {
  const options = glue.match(kOptions)?.[1];
  if (!options || !kWorker.test(glue)) {
    if (/new Worker\(new URL\("engine\.mjs",\s*import\.meta\.url\),\s*\{/.test(glue)) return glue;
    throw new Failure(
      "Emscripten's glue no longer has the line that starts a worker as scripts/lib/glue.mjs knows it: " +
        'build with Emscripten 3.1.69, or teach that file the new line.',
    );
  }
  const worker = `new Worker(new URL("engine.mjs",import.meta.url),${options})`;
  return glue.replace(kOptions, '').replace(kWorker, worker);
}
