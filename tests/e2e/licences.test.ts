import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { visitEach, type Visit } from './browser';

let visit: Visit;
visitEach((each) => (visit = each));

// The packages whose code the page's own sources take in, workers' included; derivations are compiled
// when it is built.
function importedPackages(): string[] {
  const source = join(import.meta.dirname, '../../web/src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter(
    (file) => /\.tsx?$/.test(file) && !/vite-plugin\.ts$|^derivation|generated/.test(file),
  );
  const lines = files.flatMap((file) => readFileSync(join(source, file), 'utf8').split('\n'));
  const names = lines
    .filter((line) => /^(import|export|\}) (?!type)/.test(line))
    .flatMap((line) => /(?:^import| from) '((?:@[\w-]+\/)?[\w-][\w.-]*)/.exec(line)?.[1] ?? []);
  return [...new Set(names)].sort();
}

it('the licences of all that ships are told, from the page itself', async () => {
  await visit.button('Keys').click();
  const [licences] = await Promise.all([
    visit.context.waitForEvent('page'),
    visit.page.getByRole('link', { name: 'their licences' }).click(),
  ]);
  const told = await licences.locator('body').innerText();
  const packages = importedPackages();
  expect(packages).toEqual(expect.arrayContaining(['chart.js', 'fflate', 'idb', 'preact']));
  const version = (name: string) =>
    (JSON.parse(readFileSync(`node_modules/${name}/package.json`, 'utf8')) as { version: string })
      .version;
  for (const name of packages) expect(told).toContain(`${name} ${version(name)} (`);
  for (const part of [
    'Clearformer (MIT)',
    'nlohmann-json (MIT)',
    'Emscripten (',
    'musl (',
    'LLVM:',
  ])
    expect(told).toContain(part);
  expect(told).toContain('WITHOUT WARRANTY OF ANY KIND');
});
