// The table of trust: what was injected, tried and promised, out of what the runs of it have left. Nothing
// here is said by hand: what was not run is said to be so.
import { basename } from 'node:path';

const count = (number) => number.toLocaleString('en-US');
const line = (cells) =>
  `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;

function table(heads, rows) {
  const rule = heads.map((head) => (head.startsWith('>') ? '--:' : '---'));
  return [line(heads.map((head) => head.replace('>', ''))), line(rule), ...rows.map(line)].join(
    '\n',
  );
}

const notRun = (command) => `Not run yet: \`${command}\`.`;

/** Tests of a suite of Vitest: {file, name, status}. */
export function testsOf(report) {
  return (report?.testResults ?? []).flatMap(({ name: file, assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({
      file: basename(file),
      name: fullName,
      status,
    })),
  );
}

/** Tests of GoogleTest's reports, alike. */
export function engineTestsOf(reports) {
  return reports
    .flatMap(({ testsuites }) => testsuites)
    .flatMap(({ name, testsuite }) =>
      testsuite.map((test) => ({
        file: basename(test.file),
        name: `${name}.${test.name}`,
        status: test.failures ? 'failed' : test.result === 'SKIPPED' ? 'skipped' : 'passed',
      })),
    );
}

const isFault = ({ file }) => /^(faults|keep|hostile|divergence)/.test(file);
const outcomes = { passed: 'nothing lost', skipped: 'not tried here', pending: 'not tried here' };

/** Each fault and how it ended. suites: {where: tests}. @returns {{text, bad: number}} */
export function faults(suites) {
  const rows = Object.entries(suites).flatMap(([where, tests]) =>
    tests.filter(isFault).map(({ name, status }) => [where, name, outcomes[status] ?? '**LOST**']),
  );
  if (rows.length === 0) return { text: notRun('npm test'), bad: 0 };
  const bad = rows.filter(([, , outcome]) => outcome === '**LOST**').length;
  return { text: table(['where', 'what befalls it', 'outcome'], rows), bad };
}

/** Tests by suite. suites: {name: tests}. */
export function promises(suites) {
  const rows = Object.entries(suites).map(([name, tests]) => {
    const of = (status) => tests.filter((test) => test.status === status).length;
    if (tests.length === 0) return [name, 'not run yet', '', ''];
    const [passed, failed] = [of('passed'), of('failed')];
    return [name, count(passed), count(failed), count(tests.length - passed - failed)];
  });
  const bad = Object.values(suites)
    .flat()
    .filter(({ status }) => status === 'failed').length;
  return { text: table(['suite', '>passed', '>failed', '>skipped'], rows), bad };
}

/** fuzz.json: rows {target, executions, coverage, seconds, found}. */
export function inputs(fuzz) {
  if (!fuzz) return { text: notRun('npm run fuzz'), bad: 0 };
  const rows = fuzz.rows.map(({ target, executions, coverage, seconds, found }) => [
    `\`${target}\``,
    count(executions),
    coverage === null || coverage === undefined ? '' : count(coverage),
    count(Math.round(seconds)),
    found ? `**${found}**` : 0,
  ]);
  const bad = fuzz.rows.reduce((sum, { found }) => sum + found, 0);
  const heads = ['target', '>executions', '>coverage', '>seconds', '>crashes'];
  return { text: table(heads, rows), bad };
}

/** differential.json: rows {what, tried}, the sentence of a difference or null. */
export function recipes(differential) {
  if (!differential) return { text: notRun('npm run differential'), bad: 0 };
  const rows = differential.rows.map(({ what, tried }) => [what, count(tried)]);
  rows.push(['**differences**', differential.found ? 1 : 0]);
  const bad = differential.found ? 1 : 0;
  return { text: table(['random recipes', '>without a difference'], rows), bad };
}

/** mutations.json: rows {op, mutation, caught_by, excused?}. */
export function mutations(report) {
  if (!report) return { text: notRun('npm run mutations'), bad: 0 };
  const ops = new Map();
  for (const row of report.rows) ops.set(row.op, [...(ops.get(row.op) ?? []), row]);
  const missed = (rows) => rows.filter((row) => !row.caught_by && !row.excused).length;
  const rows = [...ops].map(([op, of]) => {
    const caught = of.filter(({ caught_by }) => caught_by).length;
    const excused = of.filter((row) => !row.caught_by && row.excused).length;
    return [`\`${op}\``, of.length, caught, excused, missed(of) ? `**${missed(of)}**` : 0];
  });
  const heads = ['what is broken', '>ways', '>caught', '>no change at all', '>missed'];
  return { text: table(heads, rows), bad: missed(report.rows) };
}

/** soak.json: rows {what, measured, bound, ok}. */
export function soak(report) {
  if (!report) return { text: notRun('npm run soak'), bad: 0 };
  const rows = report.rows.map(({ what, measured, bound, ok }) => [
    what,
    measured,
    bound,
    ok ? 'held' : '**BROKEN**',
  ]);
  const bad = report.rows.filter(({ ok }) => !ok).length;
  return { text: table(['what', '>measured', '>bound', 'outcome'], rows), bad };
}
