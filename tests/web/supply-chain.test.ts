// What the project is made of is named to the last byte, runs nothing when it is installed, and has no
// known hole.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(join(root, path), 'utf8');

interface Manifest {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
interface Locked {
  readonly version?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
}

// Each folder that npm installs from: the project's own, Emscripten's scripts, Lighthouse.
describe.each(['.', 'scripts/emscripten', 'scripts/lighthouse'])('%s', (folder) => {
  const manifest = JSON.parse(read(join(folder, 'package.json'))) as Manifest;
  const named = { ...manifest.dependencies, ...manifest.devDependencies };
  const { packages } = JSON.parse(read(join(folder, 'package-lock.json'))) as {
    packages: Record<string, Locked>;
  };
  const locked = Object.entries(packages).filter(([path]) => path !== '');

  it('names one version of each package, and the lock has that', () => {
    expect(Object.keys(named)).not.toEqual([]);
    for (const [name, version] of Object.entries(named)) {
      expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
      expect(packages[`node_modules/${name}`]?.version, name).toBe(version);
    }
  });

  it('has a hash of each package, and of none the address of a registry', () => {
    for (const [path, { integrity, resolved }] of locked) {
      expect(integrity, path).toMatch(/^sha512-[\w+/]{86}==$/);
      expect(resolved, path).toBeUndefined();
    }
  });

  it('needs no script of a package when it is installed', () => {
    expect(locked.filter(([, { hasInstallScript }]) => hasInstallScript)).toEqual([]);
  });
});

it('no package may run a script when it is installed', () => {
  expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
});

it('Emscripten is one version, and its scripts those of their lock', () => {
  const setup = read('scripts/setup-emscripten.sh');
  const [, emscripten, binaryen] = /^EMSCRIPTEN='([^']+)' BINARYEN='([^']+)'/m.exec(setup)!;
  expect([emscripten, binaryen]).toEqual([
    expect.stringMatching(/^\d+\.\d+\.\d+\+dfsg-\d+$/),
    expect.stringMatching(/^\d+-\d+$/),
  ]);
  expect(setup).toContain('"emscripten=$EMSCRIPTEN" "binaryen=$BINARYEN"');
  const { dependencies } = JSON.parse(read('scripts/emscripten/package.json')) as Manifest;
  expect(setup).toContain(`ACORN=${dependencies?.acorn} TYPESCRIPT=${dependencies?.typescript}`);
  expect(setup).not.toMatch(/npm install/);
});

it('Debian’s packages are taken only as Debian has signed them', () => {
  const apt = read('scripts/lib/private-apt.sh');
  expect(apt).toContain('deb [signed-by=$keyring]');
  expect(apt).not.toMatch(/allow-unauthenticated|AllowInsecure|trusted=yes/i);
});

it('npm knows of no hole in any package', (test) => {
  const options = { cwd: root, encoding: 'utf8', timeout: 20_000 } as const;
  const { stdout } = spawnSync('npm', ['audit', '--json'], options);
  const report = JSON.parse(stdout || '{}') as {
    metadata?: { vulnerabilities: Record<string, number> };
    vulnerabilities?: Record<string, unknown>;
  };
  if (!report.metadata) return test.skip('the registry that is set up here answers no audit');
  expect(Object.keys(report.vulnerabilities ?? {})).toEqual([]);
});
