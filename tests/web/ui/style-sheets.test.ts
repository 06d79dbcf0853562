import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const folder = new URL('../../../web/src/ui/', import.meta.url);
const sheets = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.css'),
);

const read = (sheet: string) => readFileSync(new URL(sheet, folder), 'utf8');

// The classes that rules of a style sheet begin with.
function classesOf(sheet: string): string[] {
  const rules = read(sheet).matchAll(/^\s*\.([a-z-]+)/gm);
  return [...new Set(Array.from(rules, (rule) => rule[1]!))];
}

// All style sheets are one in the page: a second meaning of a class would change the first.
it('a class is described by one style sheet', () => {
  const owners = new Map<string, string[]>();
  for (const sheet of sheets) {
    for (const name of classesOf(sheet)) owners.set(name, [...(owners.get(name) ?? []), sheet]);
  }
  expect(owners.size).toBeGreaterThan(100);
  expect([...owners].filter(([, sheets]) => sheets.length > 1)).toEqual([]);
});

it('colours, sizes and weights of type are named in tokens.css alone', () => {
  const own = /#[0-9a-f]{3,8}\b|\b(rgb|hsl)a?\(|font-(size|weight): (?!var|inherit)/gi;
  const named = sheets
    .filter((sheet) => sheet !== 'tokens.css')
    .flatMap((sheet) => (read(sheet).match(own) ?? []).map((words) => `${sheet}: ${words}`));
  expect(named).toEqual([]);
});
