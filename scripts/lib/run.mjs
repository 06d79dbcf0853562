// Runs programs. Their output is kept in build/logs and shown when they fail.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, createWriteStream, mkdirSync, statSync } from 'node:fs';
import { delimiter, join, relative } from 'node:path';
import { Failure } from './log.mjs';
import { build, root } from './paths.mjs';

const kTailLines = 40;

/** The full path of a program on the PATH (or of a path that is executable), or undefined. */
export function which(program, path = process.env.PATH ?? '') {
  const folders = program.includes('/') ? [''] : path.split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, program)).find(isProgram);
}

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** A program's standard output, or undefined if it cannot run or fails. */
export function output(program, args, env = process.env) {
  const run = spawnSync(program, args, { cwd: root, env, encoding: 'utf8' });
  return run.status === 0 ? run.stdout : undefined;
}

/**
 * Runs a program to its end. `log` names the file in build/logs that takes its output; without it
 * the output is shown as it comes. `failure` is the sentence to end with. On a terminal the last
 * line of the output is shown while it runs.
 * @returns {Promise<number>} its status: 0, or another one where `failure` is absent.
 */
export async function run(program, args, { env = process.env, cwd = root, log, failure } = {}) {
  const child = spawn(program, args, { cwd, env, stdio: ['ignore', ...outputs(log)] });
  const keep = log && keeper(child, log);
  const status = await new Promise((resolve) => {
    child.on('error', (error) => {
      console.error(`${program}: ${error.message}`);
      resolve(127);
    });
    child.on('close', (code) => resolve(code ?? 1));
  });
  keep?.finish(status !== 0);
  if (status !== 0 && failure) {
    throw new Failure(keep ? `${failure} The whole output is in ${keep.file}.` : failure);
  }
  return status;
}

const outputs = (log) => (log ? ['pipe', 'pipe'] : ['inherit', 'inherit']);

// Writes a child's output to its log, remembers the end of it, and shows the last line of it.
function keeper(child, name) {
  const folder = join(build, 'logs');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${name}.log`);
  const file = createWriteStream(path);
  let tail = [];
  let rest = '';
  const take = (chunk) => {
    file.write(chunk);
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop();
    tail = [...tail, ...lines].slice(-kTailLines);
    if (process.stdout.isTTY && lines.length > 0) showTransient(lines.at(-1));
  };
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', take);
  return {
    file: relative(root, path),
    finish(failed) {
      file.end();
      if (process.stdout.isTTY) process.stdout.write('\r\x1b[K');
      if (failed) console.error([...tail, rest].join('\n'));
    },
  };
}

function showTransient(line) {
  const width = Math.max(20, (process.stdout.columns ?? 80) - 4);
  process.stdout.write(`\r\x1b[K  ${line.slice(0, width)}`);
}
