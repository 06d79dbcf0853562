// Tries mutants: each is compiled beside the tree, linked in place of the original, and the tests
// have to see it. The tree itself is never changed.
import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { basename, join } from 'node:path';
import { buildNative } from './engine.mjs';
import { filesUnder } from './files.mjs';
import { Failure } from './log.mjs';
import { at, build } from './paths.mjs';
import { output } from './run.mjs';

const kFolder = join(build, 'mutations');
const kNative = join(build, 'native');
const kTests = 'tests/engine/engine_tests';
const kLongest = 300_000; // ms for all tests of a mutant: one that hangs is seen

/**
 * Builds what the mutants are linked with.
 * @returns {Promise<{compile: Function, link: Function}>} shell commands of the build:
 *   compile(file, source, object) and link(object, program)
 */
export async function prepare() {
  const env = await buildNative({ tests: true });
  mkdirSync(kFolder, { recursive: true });
  const linking = output('ninja', ['-C', kNative, '-t', 'commands', '-s', kTests], env);
  if (!linking) throw new Failure('Ninja is needed: it tells how the tests are linked.');
  const commands = JSON.parse(readFileSync(join(kNative, 'compile_commands.json'), 'utf8'));
  return {
    // Quickly, and without a cache, which would fill with what is never built again.
    compile(file, source, object) {
      const { command } = commands.find((entry) => entry.file === at(file));
      return `${command.replace(/^\S*ccache /, '').replace(/ -o .*/, '')} -O1 -w -o ${object} -c ${source}`;
    },
    // Of what an object defines nothing is taken from a library behind it.
    link: (object, program) =>
      linking
        .split('\n')
        .find((line) => line.includes(` -o ${kTests} `))
        .replace(` -o ${kTests} `, ` ${object} -o ${program} `),
  };
}

/**
 * Tries the mutants of one file, as many at a time as there are processors. Calls
 * take(mutant, {caught}) for each with the test that has seen it, {same: true} where the compiler
 * made the same code of it, {broken: true} where it does not compile, {} where it lives.
 */
export async function tryMutants(commands, file, mutants, take) {
  const unchanged = await compile(commands, file, 'unchanged', readFileSync(at(file), 'utf8'));
  const waiting = [...mutants.entries()];
  const worker = async () => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const [number, mutant] = next;
      take(mutant, await tryMutant(commands, file, mutant.source, `${number}`, unchanged));
      rmSync(join(kFolder, `${number}`), { recursive: true });
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, worker));
}

async function tryMutant(commands, file, source, folder, unchanged) {
  const object = await compile(commands, file, folder, source);
  if (!object) return { broken: true };
  if (readFileSync(object).equals(readFileSync(unchanged))) return { same: true };
  const program = join(kFolder, folder, 'tests');
  const { status, text } = await shell(commands.link(object, program));
  if (status !== 0) throw new Failure(`A mutant of ${file} does not link:\n${text}`);
  return { caught: await testMutant(program, likelySuites(file)) };
}

// The object that a source makes in place of `file`, in a folder of its own. Objects tell the names
// of their files: all have one.
async function compile(commands, file, folder, source) {
  const path = join(kFolder, folder, basename(file));
  mkdirSync(join(kFolder, folder), { recursive: true });
  writeFileSync(path, `#line 1 "${file}"\n${source}`);
  const { status } = await shell(commands.compile(file, path, `${path}.o`));
  return status === 0 ? `${path}.o` : undefined;
}

// The suites of the tests that stand beside a file: the likeliest to see that it is broken.
function likelySuites(file) {
  const name = `/${basename(file, '.cpp')}_test.cpp`;
  const test = filesUnder(['tests/engine'], ['.cpp']).find((each) => each.endsWith(name));
  if (!test) return undefined;
  const suites = readFileSync(at(test), 'utf8').matchAll(/^TEST(?:_[PF])?\((\w+),/gm);
  return [...new Set([...suites].map(([, suite]) => `${suite}.*:*/${suite}.*`))].join(':');
}

// The likely tests first, then all. @returns {Promise<string | undefined>} what has seen it
async function testMutant(program, likely) {
  return (likely && (await firstFailure(program, likely))) || firstFailure(program, '*');
}

async function firstFailure(program, filter) {
  const command = `${program} --gtest_fail_fast '--gtest_filter=${filter}'`;
  const { status, signal, text } = await shell(`exec ${command}`, at('.'), kLongest);
  if (status === 0) return undefined;
  const failed = text.match(/\[ {2}FAILED {2}\] ([\w./]+)/)?.[1];
  if (failed) return failed;
  const running = [...text.matchAll(/\[ RUN {6}\] ([\w./]+)/g)].at(-1)?.[1] ?? 'the start';
  return `${running} (${signal === 'SIGKILL' ? 'it hangs' : 'it stops'})`;
}

// A command's end and all that it said.
async function shell(command, cwd = kNative, timeout = 0) {
  const child = spawn('sh', ['-c', command], { cwd, timeout, killSignal: 'SIGKILL' });
  let text = '';
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk) => (text += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (status, signal) => resolve({ status, signal, text }));
  });
}

/** The files with something to break. */
export const filesToBreak = ({ folder, pattern }) =>
  filesUnder([folder], ['.cpp']).filter((file) => pattern.test(file));
