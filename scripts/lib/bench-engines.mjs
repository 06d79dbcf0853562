// The engine's own builds that are measured.
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runForJson } from './bench-process.mjs';
import { build, cli } from './paths.mjs';

const kThreads = [1, 2];
const kClasses = [
  { arithmetic: 'strict', wasm: 'simd' },
  { arithmetic: 'fused', wasm: 'relaxed' },
];
const kNodeProcess = fileURLToPath(new URL('bench-node.mjs', import.meta.url));

/**
 * @param browser of bench-browser.mjs, or undefined
 * @returns a list of {name, threads, place, arithmetic, measure(recipe, seconds)}; measure gives
 *   {result: the engine's bench event} or {refused: why not}.
 */
export function ownEngines(browser) {
  const engines = [];
  for (const threads of kThreads) {
    for (const { arithmetic, wasm } of kClasses) {
      const add = (place, name, measure) =>
        engines.push({ name: `${place} ${name}`, threads, place, arithmetic, measure });
      const inWasm = (run) => (recipe, seconds) =>
        run({ engine: wasmEngine(wasm, threads), threads, recipe, seconds, arithmetic });
      add('native', arithmetic, (recipe) => measureNative(recipe, threads, arithmetic));
      add('Node', wasm, inWasm(measureInNode));
      if (browser) add('Chromium', wasm, inWasm(browser.measure));
    }
  }
  return engines;
}

const wasmEngine = (wasm, threads) =>
  join(build, `wasm-${wasm}-${threads > 1 ? 'threads' : 'single'}`, 'bench.mjs');

// The command line measures for as long as it sees fit.
async function measureNative(recipe, threads, arithmetic) {
  const flags = Object.entries(recipe).flatMap(([name, value]) => [
    `--${name.replaceAll('_', '-')}`,
    `${value}`,
  ]);
  const machine = ['--threads', `${threads}`, '--class', arithmetic];
  const answer = await runForJson(cli, ['bench', '--json', ...machine, ...flags]);
  return answer.refused ? answer : { result: answer };
}

function measureInNode(request) {
  const engine = pathToFileURL(request.engine).href;
  return runForJson(process.execPath, [kNodeProcess, JSON.stringify({ ...request, engine })]);
}
