// npm run trust: the table of trust, tests/TRUST.md, from what the tests and the long runs have left in
// build/. Ends with status 1 where something was lost, crashed or missed.
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Failure, main, say } from './lib/log.mjs';
import { at, build, results, trust } from './lib/paths.mjs';
import * as tables from './lib/trust-table.mjs';

const kFile = at('tests/TRUST.md');
const kBegin = '<!-- npm run trust -->';
const kEnd = '<!-- end of its tables -->';

await main(() => {
  const [cli, web, e2e] = ['cli', 'web', 'e2e'].map((name) => tables.testsOf(vitest(name)));
  const engine = tables.engineTestsOf(readFolder(join(build, 'native/test-results')));
  const sections = {
    'Faults injected': tables.faults({ page: e2e, 'command line': cli }),
    'Inputs tried': tables.inputs(long('fuzz')),
    'Recipes tried': tables.recipes(long('differential')),
    'Backward passes broken': tables.mutations(long('mutations')),
    'Long runs': tables.soak(long('soak')),
    'Promises tested': tables.promises({
      'the engine, natively': engine,
      'the command line': cli,
      'what the page is made of': web,
      'the page, in browsers': e2e,
    }),
  };
  write(Object.entries(sections).map(([title, { text }]) => `## ${title}\n\n${text}`));
  const bad = Object.entries(sections).filter(([, section]) => section.bad > 0);
  bad.forEach(([title, section]) => say(`${title}: ${section.bad} not as promised`));
  say(bad.length === 0 ? 'Nothing lost, nothing crashed.' : 'tests/TRUST.md says what.');
  process.exitCode = bad.length === 0 ? 0 : 1;
});

function vitest(suite) {
  return read(join(results, `${suite}.json`));
}

function long(name) {
  return read(join(trust, `${name}.json`));
}

// Undefined where it was not run.
function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw new Failure(`${file} cannot be read: run again what writes it. (${error.message})`);
  }
}

function readFolder(folder) {
  try {
    return readdirSync(folder).map((file) => read(join(folder, file)));
  } catch {
    return []; // not run
  }
}

function write(sections) {
  const text = readFileSync(kFile, 'utf8');
  const [begin, end] = [text.indexOf(kBegin), text.indexOf(kEnd)];
  if (begin < 0 || end < begin)
    throw new Failure(`tests/TRUST.md has no place for tables: the lines ${kBegin} and ${kEnd}.`);
  const between = [kBegin, ...sections, kEnd].join('\n\n');
  writeFileSync(kFile, text.slice(0, begin) + between + text.slice(end + kEnd.length));
}
