// Configures and builds one CMake preset.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { at, build, toolchain } from './paths.mjs';
import { run, which } from './run.mjs';
import { hash, stamp, stamped } from './stamp.mjs';

/** Builds the targets of a preset in build/<preset>. `env` is one of toolchain.mjs. */
export async function buildPreset(preset, env, targets) {
  const folder = join(build, preset);
  await configure(preset, folder, env);
  await run(
    'cmake',
    ['--build', folder, '-j', `${availableParallelism()}`, '--target', ...targets],
    {
      env,
      log: preset,
      failure: `The build of ${preset} failed: mend what the compiler says above.`,
    },
  );
}

// CMake follows its own files. What it does not follow (compiler, presets) starts the folder afresh.
async function configure(preset, folder, env) {
  const generator = which('ninja', env.PATH) ? 'Ninja' : 'Unix Makefiles';
  const settings = [
    `-DCLEARFORMER_TOOLCHAIN=${toolchain}`,
    `-DCLEARFORMER_WERROR=${process.env.CI ? 'ON' : 'OFF'}`,
  ];
  const presets = readFileSync(at('CMakePresets.json'), 'utf8');
  const value = hash(presets, generator, settings, env.EMSCRIPTEN ?? env.CXX);
  const file = join(folder, '.configured');
  if (stamped(file, value) && existsSync(join(folder, 'CMakeCache.txt'))) return;
  rmSync(folder, { recursive: true, force: true });
  await run('cmake', ['--preset', preset, '-G', generator, ...settings], {
    env,
    log: `${preset}-configure`,
    failure: `CMake could not configure ${preset}: see its message above.`,
  });
  stamp(file, value);
}
