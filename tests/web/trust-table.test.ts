// The table of trust says what was lost, and what was not run.
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

interface Section {
  readonly text: string;
  readonly bad: number;
}
type Test = { readonly file: string; readonly name: string; readonly status: string };
interface Tables {
  testsOf(report: unknown): Test[];
  engineTestsOf(reports: readonly unknown[]): Test[];
  faults(suites: Record<string, readonly Test[]>): Section;
  promises(suites: Record<string, readonly Test[]>): Section;
  inputs(fuzz: unknown): Section;
  recipes(differential: unknown): Section;
  mutations(report: unknown): Section;
  soak(report: unknown): Section;
}
const file = join(import.meta.dirname, '../../scripts/lib/trust-table.mjs');
const tables = (await import(pathToFileURL(file).href)) as Tables;

const test = (file: string, status: string) => ({ file, name: `${file} did`, status });

it('tests are read from both runners', () => {
  const assertionResults = [{ fullName: 'a run goes on', status: 'passed' }];
  expect(
    tables.testsOf({ testResults: [{ name: '/somewhere/faults-a.test.ts', assertionResults }] }),
  ).toEqual([{ file: 'faults-a.test.ts', name: 'a run goes on', status: 'passed' }]);
  const of = (name: string, rest: object) => ({ name, file: 'tests/x_test.cpp', ...rest });
  const testsuite = [
    of('A', { result: 'COMPLETED' }),
    of('B', { result: 'COMPLETED', failures: [{}] }),
    of('C', { result: 'SKIPPED' }),
  ];
  const read = tables.engineTestsOf([{ testsuites: [{ name: 'Suite', testsuite }] }]);
  expect(read.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'Suite.A passed',
    'Suite.B failed',
    'Suite.C skipped',
  ]);
});

it('what was not run is said to be so, and is no fault', () => {
  for (const [section, command] of [
    [tables.faults({ page: [] }), 'npm test'],
    [tables.inputs(undefined), 'npm run fuzz'],
    [tables.recipes(undefined), 'npm run differential'],
    [tables.mutations(undefined), 'npm run mutations'],
    [tables.soak(undefined), 'npm run soak'],
  ] as const)
    expect(section).toEqual({ text: `Not run yet: \`${command}\`.`, bad: 0 });
  expect(tables.promises({ page: [] }).text).toContain('| page | not run yet |');
});

describe('what went wrong stands out:', () => {
  it.each<[string, Section, string]>([
    [
      'a fault that lost something',
      tables.faults({ page: [test('faults-a', 'passed'), test('keep', 'failed')] }),
      '| page | keep did | **LOST** |',
    ],
    [
      'a promise that was broken',
      tables.promises({ page: [test('a', 'failed'), test('b', 'passed'), test('c', 'skipped')] }),
      '| page | 1 | 1 | 1 |',
    ],
    [
      'an input that crashed',
      tables.inputs({
        rows: [{ target: 'gguf', executions: 1234567, coverage: 89, seconds: 3600.2, found: 1 }],
      }),
      '| `gguf` | 1,234,567 | 89 | 3,600 | **1** |',
    ],
    [
      'a recipe that differed',
      tables.recipes({ rows: [{ what: 'all', tried: 9 }], found: 'a difference' }),
      '| **differences** | 1 |',
    ],
    [
      'a mutation that nothing saw',
      tables.mutations({
        rows: [
          { op: 'norm', mutation: 'a sign', caught_by: 'Norm.Backward' },
          { op: 'norm', mutation: 'a factor', caught_by: null },
          { op: 'norm', mutation: 'nothing', caught_by: null, excused: 'the same code' },
        ],
      }),
      '| `norm` | 3 | 1 | 1 | **1** |',
    ],
    [
      'a bound that did not hold',
      tables.soak({ rows: [{ what: 'heap', measured: '9 MB', bound: '8 MB', ok: false }] }),
      '| heap | 9 MB | 8 MB | **BROKEN** |',
    ],
  ])('%s', (_, { text, bad }, row) => {
    expect(text).toContain(row);
    expect(bad).toBe(1);
  });
});

it('only tests of faults are faults, and one that could not be tried is said to be', () => {
  const suites = { page: [test('chart', 'passed'), test('faults-b', 'skipped')] };
  const { text, bad } = tables.faults(suites);
  expect(text).not.toContain('chart');
  expect(text).toContain('| page | faults-b did | not tried here |');
  expect(bad).toBe(0);
});
