// The measuring programs of tests/bench, one after the other: products beside the multiply-add peak,
// natively and under Node, then the Google Benchmark programs, natively.
import { basename } from 'node:path';
import { buildPreset } from './cmake.mjs';
import { filesUnder } from './files.mjs';
import { say, stage } from './log.mjs';
import { at } from './paths.mjs';
import { run } from './run.mjs';
import { nativeEnvironment, wasmEnvironment } from './toolchain.mjs';

const kFraction = 'gemm_fraction';
const kWasmPreset = 'wasm-relaxed-single'; // it has both classes of arithmetic

/** @param seconds that each case is measured for at least */
export async function benchKernels(seconds) {
  const env = await nativeEnvironment();
  const programs = filesUnder(['tests/bench'], ['_bench.cpp']).map((file) =>
    basename(file, '.cpp'),
  );
  await stage('build the kernel benchmarks natively', () =>
    buildPreset('native', env, [kFraction, ...programs]),
  );
  const wasm = await wasmEnvironment();
  await stage(`build ${kFraction} as WebAssembly`, () =>
    buildPreset(kWasmPreset, wasm, [kFraction]),
  );
  say(`\n> ${kFraction}, natively`);
  await measure(at('build/native/tests/bench', kFraction), []);
  say(`\n> ${kFraction}, WebAssembly under Node`);
  await measure(process.execPath, [at('build', kWasmPreset, 'tests/bench', `${kFraction}.js`)]);
  for (const program of programs) {
    say(`\n> ${program}`);
    await measure(at('build/native/tests/bench', program), [`--benchmark_min_time=${seconds}`]);
  }
}

const measure = (program, args) =>
  run(program, args, { failure: `${basename(program)} failed: see its message above.` });
