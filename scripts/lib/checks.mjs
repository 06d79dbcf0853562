// The checks of `npm run lint`, each with the fix that `npm run format` applies where there is one.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { cppFiles, filesUnder } from './files.mjs';
import { layerProblems } from './layers.mjs';
import { say, seconds } from './log.mjs';
import { at, root } from './paths.mjs';
import { run } from './run.mjs';

const tool = (name) => at('node_modules/.bin', name);

// clang-format comes from npm, where one version runs everywhere: releases format differently.
const formatCpp = () => run(tool('clang-format'), ['-i', ...cppFiles()]);
const prettier = (mode) => run(tool('prettier'), [mode, '--log-level=warn', '.']);

const kChecks = {
  layers: checkLayers,
  'clang-format': checkCppFormat,
  prettier: () => prettier('--check'),
  eslint: () => run(tool('eslint'), ['--max-warnings=0', '.']),
  tsc: () => run(tool('tsc'), ['--noEmit']),
};

/** Runs every check to its end. @returns {Promise<Counts>} see counts.mjs */
export async function lint() {
  const failed = [];
  for (const [name, check] of Object.entries(kChecks)) {
    const start = performance.now();
    const good = (await check()) === 0;
    if (!good) failed.push(name);
    say(`  ${name}: ${good ? 'ok' : 'FAILED'} (${seconds(start)})`);
  }
  return { passed: Object.keys(kChecks).length - failed.length, failed, skipped: [], status: 0 };
}

/** Formats every file in place. */
export async function format() {
  return (await formatCpp()) + (await prettier('--write'));
}

// clang-format itself shows every place; a list of files is enough to run `npm run format`.
function checkCppFormat() {
  const args = ['--dry-run', '--Werror', ...cppFiles()];
  const { status, stderr } = spawnSync(tool('clang-format'), args, { cwd: root, encoding: 'utf8' });
  const files = new Set(stripVTControlCharacters(stderr).match(/^\S.*(?=:\d+:\d+: error:)/gm));
  for (const file of files) console.error(`${relative(root, file)} is not as clang-format has it`);
  if (status !== 0 && files.size === 0) console.error(stderr);
  return status;
}

function checkLayers() {
  const problems = filesUnder(['engine'], ['.h', '.cpp']).flatMap((file) =>
    layerProblems(file, readFileSync(at(file), 'utf8')),
  );
  problems.forEach((problem) => console.error(problem));
  return problems.length > 0 ? 1 : 0;
}
