// Builds the engine: natively, and as WebAssembly with what the page takes from it.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildPreset } from './cmake.mjs';
import { withBundledWorker } from './glue.mjs';
import { engineLicences } from './licences.mjs';
import { Failure, stage } from './log.mjs';
import { build, generated } from './paths.mjs';
import { nativeEnvironment, wasmEnvironment } from './toolchain.mjs';

// Every build of the page, as web/src/engine/choose-build.ts names them.
const kBuilds = ['simd-single', 'simd-threads', 'relaxed-single', 'relaxed-threads'];
// What needs neither threads nor speed comes from this one.
const kPlainest = kBuilds[0];
// Modules of their own, which a page loads when they are asked for.
const kBeside = ['exchange', 'inspect', 'anatomy', 'proof', 'bench', 'health'];
const preset = (name) => `wasm-${name}`;

/**
 * The preset whose WebAssembly tests run: suites use up to three threads, and a relaxed build has
 * both classes of arithmetic.
 */
export const wasmTestPreset = preset('relaxed-threads');

/** Builds build/native/clearformer, and the tests where asked for. */
export async function buildNative({ tests = false } = {}) {
  const env = await nativeEnvironment();
  const targets = ['clearformer', ...(tests ? ['engine_tests'] : [])];
  await stage(`build the engine natively with ${env.CXX}`, () =>
    buildPreset('native', env, targets),
  );
  return env;
}

/** Builds every WebAssembly build of the engine and puts what the page needs into `generated`. */
export async function buildWasm() {
  const env = await wasmEnvironment();
  for (const name of kBuilds) {
    const targets = name === kPlainest ? ['engine', ...kBeside] : ['engine'];
    await stage(`build the engine as WebAssembly: ${name.replace('-', ', ')}`, () =>
      buildPreset(preset(name), env, targets),
    );
  }
  kBuilds.forEach(copyProducts);
  for (const module of kBeside)
    for (const ending of ['mjs', 'wasm', 'd.mts'])
      put(`${module}/${module}.${ending}`, readFileSync(product(kPlainest, `${module}.${ending}`)));
  put('engine.d.mts', readFileSync(product(kPlainest, 'engine.d.mts')));
  put('schema.json', readSchema());
  put('licences.json', JSON.stringify(engineLicences(env), null, 2));
}

/** Builds what measures each of them: scripts/lib/bench-measure.mjs. */
export async function buildWasmBench() {
  const env = await wasmEnvironment();
  for (const name of kBuilds) {
    await stage(`build the measurement of WebAssembly: ${name.replace('-', ', ')}`, () =>
      buildPreset(preset(name), env, ['bench']),
    );
  }
}

export async function buildWasmTests() {
  const env = await wasmEnvironment();
  await stage('build the engine tests as WebAssembly', () =>
    buildPreset(wasmTestPreset, env, ['engine_tests']),
  );
  return env;
}

const product = (name, file) => join(build, preset(name), file);

function copyProducts(name) {
  const glue = readFileSync(product(name, 'engine.mjs'), 'utf8');
  put(`${name}/engine.mjs`, name.endsWith('threads') ? withBundledWorker(glue) : glue);
  put(`${name}/engine.wasm`, readFileSync(product(name, 'engine.wasm')));
}

// Written only where it differs, so that a dev server does not reload for nothing.
function put(name, content) {
  const file = join(generated, name);
  const bytes = Buffer.from(content);
  if (existsSync(file) && readFileSync(file).equals(bytes)) return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

// The settings with their ranges and defaults, from the engine itself.
function readSchema() {
  const engine = pathToFileURL(product(kPlainest, 'engine.mjs')).href;
  const script = `const m = await (await import(${JSON.stringify(engine)})).default();
    process.stdout.write(JSON.stringify(JSON.parse(m.settings()), null, 2) + '\\n');`;
  const run = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    encoding: 'utf8',
  });
  if (run.status !== 0) {
    throw new Failure(`The engine that was built does not tell its settings:\n${run.stderr}`);
  }
  return run.stdout;
}
