// Names the machine and the programs that a measurement depends on.
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, cpus, release, type } from 'node:os';
import { join } from 'node:path';
import { output } from './run.mjs';

/** @param env {native, wasm}: the environments that the engine was built in (toolchain.mjs) */
export function nameMachine(env) {
  const { node, v8 } = process.versions;
  return {
    processor: `${cpus()[0].model.trim()}${generation()}, ${availableParallelism()} cores`,
    system: `${type()} ${release()}`,
    Node: `${node} (V8 ${v8})`,
    'C++ compiler': firstLine(env.native.CXX, env.native),
    Emscripten: firstLine(join(env.wasm.EMSCRIPTEN, 'emcc'), env.wasm),
  };
}

// Virtual machines often call very different processors by one name.
function generation() {
  if (!existsSync('/proc/cpuinfo')) return '';
  const info = readFileSync('/proc/cpuinfo', 'utf8');
  const field = (name) => info.match(new RegExp(`^${name}\\s*: (.*)$`, 'm'))?.[1];
  const [family, model] = [field('cpu family'), field('model')];
  if (!family) return '';
  const widest = ['avx512f', 'avx2', 'avx'].find((flag) => field('flags')?.includes(flag));
  return ` (family ${family}, model ${model}${widest ? `, ${widest}` : ''})`;
}

const firstLine = (program, env) => output(program, ['--version'], env)?.split('\n')[0];
