// npm test: everything that proves the project. `npm test -- native wasm` runs only the stages named.
import { findChromium, findFirefox } from './lib/browsers.mjs';
import { lint } from './lib/checks.mjs';
import { countStage, total, words } from './lib/counts.mjs';
import { testEngine } from './lib/engine-tests.mjs';
import { buildNative, buildWasm, buildWasmTests, wasmTestPreset } from './lib/engine.mjs';
import { buildFuzzTargets, fuzz } from './lib/fuzz.mjs';
import { Failure, main, say, seconds } from './lib/log.mjs';
import { installPackages } from './lib/packages.mjs';
import { buildPage } from './lib/serve.mjs';
import { wasmEnvironment } from './lib/toolchain.mjs';
import { findTorch } from './lib/torch.mjs';
import { testVitest } from './lib/web-tests.mjs';

const kFuzzSeconds = 4; // a target

// Each prepares what it needs, then counts its tests.
const kStages = {
  async native() {
    const env = await buildNative({ tests: true });
    return countStage('native engine tests', () => testEngine('native', env));
  },
  async fuzz() {
    await buildFuzzTargets();
    return countStage('fuzz targets', () => fuzz(kFuzzSeconds));
  },
  async cli() {
    await buildNative();
    const torch = await findTorch();
    const env = torch ? { CLEARFORMER_TORCH: torch } : {};
    return countStage('command-line tests', () => testVitest('cli', { folder: 'engine', env }));
  },
  async wasm() {
    const env = await buildWasmTests();
    return countStage('WebAssembly engine tests', () => testEngine(wasmTestPreset, env));
  },
  async lint() {
    await buildWasm();
    return countStage('lint', lint);
  },
  async web() {
    await buildWasm();
    await buildNative();
    return countStage('web unit tests', () => testVitest('web'));
  },
  async e2e() {
    const [chromium, firefox] = [await findChromium(), await findFirefox()];
    await buildWasm();
    await buildNative();
    await buildPage();
    const env = { CHROMIUM: chromium, ...(firefox && { FIREFOX: firefox }) };
    return countStage('end-to-end tests', () => testVitest('e2e', { env }));
  },
};

await main(async () => {
  const names = process.argv.slice(2);
  const unknown = names.find((name) => !(name in kStages));
  if (unknown) {
    throw new Failure(
      `'${unknown}' is no stage of the tests: name some of ${Object.keys(kStages).join(', ')}.`,
    );
  }
  const start = performance.now();
  await installPackages();
  // First, because it may bring the compiler that native builds prefer: they are built once.
  if (names.length === 0) await wasmEnvironment();
  const stages = [];
  for (const name of names.length > 0 ? names : Object.keys(kStages))
    stages.push(await kStages[name]());
  const sum = total(stages);
  say(`\nAll stages took ${seconds(start)}.`);
  say(`total: ${words(sum)}`);
  process.exitCode = sum.failed.length > 0 ? 1 : 0;
});
