// Builds with sanitizers: the whole engine's tests in both, the fuzz targets in AddressSanitizer's.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { aptInstall } from './apt.mjs';
import { buildPreset } from './cmake.mjs';
import { stage } from './log.mjs';
import { nativeEnvironment } from './toolchain.mjs';

const kPackage = 'libclang-rt-19-dev';
const kNames = {
  'native-asan': 'AddressSanitizer and UndefinedBehaviorSanitizer',
  'native-tsan': 'ThreadSanitizer',
};
const kEmpty = 'extern "C" int LLVMFuzzerTestOneInput(const char*, unsigned long) { return 0; }';

/**
 * Builds targets of native-asan or native-tsan; installs what clang-19 needs for it with apt where
 * that is missing. @returns {Promise<object>} the environment of the build
 */
export async function buildSanitized(preset, targets) {
  let env = await nativeEnvironment();
  if (!hasRuntime(env)) {
    await stage(`install ${kPackage} with apt`, () =>
      aptInstall(
        'Sanitizers and fuzzing need clang with their runtime.',
        kPackage,
        `Install clang++-19 and its runtime ('sudo apt-get install clang-19 ${kPackage}' on Debian).`,
      ),
    );
    env = await nativeEnvironment();
  }
  await stage(`build ${targets.join(' and ')} with ${kNames[preset]}`, () =>
    buildPreset(preset, env, targets),
  );
  return env;
}

// Whether the compiler links a fuzz target with AddressSanitizer.
function hasRuntime(env) {
  const folder = mkdtempSync(join(tmpdir(), 'clearformer-'));
  try {
    const args = ['-fsanitize=address,fuzzer', '-x', 'c++', '-', '-o', join(folder, 'empty')];
    return spawnSync(env.CXX, args, { env, input: kEmpty }).status === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
