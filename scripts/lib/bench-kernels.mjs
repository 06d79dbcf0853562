// The Google Benchmark programs of tests/bench, built natively and run one after the other.
import { basename } from 'node:path';
import { buildPreset } from './cmake.mjs';
import { filesUnder } from './files.mjs';
import { say, stage } from './log.mjs';
import { at } from './paths.mjs';
import { run } from './run.mjs';
import { nativeEnvironment } from './toolchain.mjs';

/** @param seconds that each case is measured for at least */
export async function benchKernels(seconds) {
  const env = await nativeEnvironment();
  const programs = filesUnder(['tests/bench'], ['_bench.cpp']).map((file) =>
    basename(file, '.cpp'),
  );
  await stage('build the kernel benchmarks natively', () => buildPreset('native', env, programs));
  for (const program of programs) {
    say(`\n> ${program}`);
    await run(at('build/native/tests/bench', program), [`--benchmark_min_time=${seconds}`], {
      failure: `${program} failed: see its message above.`,
    });
  }
}
