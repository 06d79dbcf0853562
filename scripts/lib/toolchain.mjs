// Finds or installs what compiles the engine: a native compiler, Emscripten, and the C++ libraries.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join, relative } from 'node:path';
import { Failure, ToldFailure, say, stage } from './log.mjs';
import { at, emscriptenPrefix, librariesPrefix, root, toolchain } from './paths.mjs';
import { output, run, which } from './run.mjs';
import { hash, stamp, stamped } from './stamp.mjs';

const kOldestEmscripten = [3, 1, 69];

/** The environment that every CMake build runs in: the libraries' Ninja is on its PATH. */
export async function librariesEnvironment() {
  requireCmake();
  // Without apt the libraries are the user's matter: CMake says which one it does not find.
  if (which('apt-get')) await setup('C++ libraries', 'setup-libraries.sh', librariesPrefix);
  const path = [process.env.PATH, join(librariesPrefix, 'usr/bin')].join(delimiter);
  return { ...process.env, PATH: path };
}

/** The environment of a native build: CXX, or clang++-19, or what the system calls c++. */
export async function nativeEnvironment() {
  const env = await librariesEnvironment();
  const compiler = process.env.CXX || ['clang++-19', 'g++', 'clang++', 'c++'].find((c) => which(c));
  if (!compiler || !which(compiler)) {
    throw new Failure(
      compiler
        ? `CXX names '${compiler}', which is not a program: unset it or name a C++20 compiler.`
        : 'No C++ compiler was found: install one (Debian: apt-get install g++) and try again.',
    );
  }
  return { ...env, CXX: which(compiler) };
}

/** The environment of a WebAssembly build: the emcc of the PATH if it is good, else our own. */
export async function wasmEnvironment() {
  const env = withPackages(withSystemPython(await librariesEnvironment()));
  const found = which('emcc');
  if (found && isGood(found, env)) return { ...env, EMSCRIPTEN: dirname(realpathSync(found)) };
  await setup('Emscripten', 'setup-emscripten.sh', emscriptenPrefix);
  const home = join(emscriptenPrefix, 'em');
  const path = [home, join(emscriptenPrefix, 'node_modules/.bin'), env.PATH].join(delimiter);
  return { ...env, PATH: path, EMSCRIPTEN: home, EM_CONFIG: join(home, '.emscripten') };
}

function requireCmake() {
  const version = output('cmake', ['--version'])?.match(/(\d+)\.(\d+)/);
  if (!version || Number(version[1]) * 1000 + Number(version[2]) < 3025) {
    throw new Failure(
      `${version ? `CMake ${version[0]} is too old` : 'CMake was not found'}: install CMake 3.25 or ` +
        'newer (Debian 12: apt-get install cmake) and try again.',
    );
  }
}

async function setup(what, script, prefix) {
  const work = async () => {
    if ((await run('bash', [at('scripts', script), prefix])) !== 0) throw new ToldFailure();
  };
  // The script itself knows whether the prefix is complete; it is silent and quick where it is.
  await (existsSync(prefix) ? work() : stage(`set up ${what} in ${relative(root, prefix)}`, work));
}

// emcc is a Python program started for every file: a version manager's python3 takes its time twice.
function withSystemPython(env) {
  const python = '/usr/bin/python3';
  return env.EMSDK_PYTHON || !existsSync(python) ? env : { ...env, EMSDK_PYTHON: python };
}

// --emit-tsd runs the tsc of the PATH. TypeScript 7's breaks it, so the project's own comes first.
function withPackages(env) {
  return { ...env, PATH: [at('node_modules/.bin'), env.PATH].join(delimiter) };
}

// New enough, and able to write TypeScript definitions. Tried once for each emcc.
function isGood(emcc, env) {
  const version = output(emcc, ['--version'], env)
    ?.match(/(\d+)\.(\d+)\.(\d+)/)
    ?.slice(1)
    .map(Number);
  if (!version || isOlder(version, kOldestEmscripten)) return false;
  const file = join(toolchain, 'emcc-checked');
  const value = hash(realpathSync(emcc), statSync(realpathSync(emcc)).mtimeMs, version);
  if (stamped(file, value)) return true;
  say(`> check emcc ${version.join('.')} at ${emcc}`);
  if (!writesDefinitions(emcc, env)) {
    say('  it cannot write TypeScript definitions: the project sets up its own');
    return false;
  }
  mkdirSync(toolchain, { recursive: true });
  stamp(file, value);
  return true;
}

function isOlder(version, oldest) {
  const at = version.findIndex((part, i) => part !== oldest[i]);
  return at >= 0 && version[at] < oldest[at];
}

function writesDefinitions(emcc, env) {
  const folder = mkdtempSync(join(tmpdir(), 'clearformer-'));
  try {
    const source = join(folder, 'check.cpp');
    writeFileSync(
      source,
      '#include <emscripten/bind.h>\nint one() { return 1; }\n' +
        'EMSCRIPTEN_BINDINGS(check) { emscripten::function("one", &one); }\n',
    );
    const definitions = join(folder, 'check.d.mts');
    const args = [source, '--bind', '-sMODULARIZE', '-sEXPORT_ES6', '--emit-tsd', definitions];
    const built = output(
      join(dirname(emcc), 'em++'),
      [...args, '-o', join(folder, 'check.mjs')],
      env,
    );
    return built !== undefined && existsSync(definitions);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
