// .github/workflows/pages.yml runs where no test of ours does: what would keep it from publishing the
// page is held here.
import { readdirSync, readFileSync } from 'node:fs';
import { relative, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import viteConfig from '../../web/vite.config';

interface Step {
  readonly id?: string;
  readonly run?: string;
  readonly uses?: string;
  readonly with?: Readonly<Record<string, string | number>>;
}

interface Job {
  readonly needs?: string;
  readonly container?: string;
  readonly permissions?: Readonly<Record<string, string>>;
  readonly environment?: { readonly name: string; readonly url: string };
  readonly steps: readonly Step[];
}

interface Workflow {
  readonly on: { readonly push: { readonly branches: readonly string[] } };
  readonly permissions: Readonly<Record<string, string>>;
  readonly jobs: { readonly build: Job; readonly deploy: Job };
}

const root = resolve(import.meta.dirname, '../..');
const read = (path: string) => readFileSync(resolve(root, path), 'utf8');

// Strict: a key given twice, or an anchor that is not there, is an error.
const workflow = parse(read('.github/workflows/pages.yml'), { strict: true }) as Workflow;
const { build, deploy } = workflow.jobs;
const steps = [...build.steps, ...deploy.steps];
const packageJson = JSON.parse(read('package.json')) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly engines: { readonly node: string };
};

const placeOf = (action: string) =>
  build.steps.findIndex(({ uses }) => uses?.startsWith(`actions/${action}@`));
const stepOf = (action: string) =>
  steps.find(({ uses }) => uses?.startsWith(`actions/${action}@`))!;
const versionOf = (action: string) => Number(/@v(\d+)/.exec(stepOf(action).uses!)?.[1]);

describe('what is built', () => {
  const commands = build.steps.flatMap(({ run }) => run?.match(/\bnpm run [\w:]+/g) ?? []);

  it('by commands that there are', () => {
    expect(commands).toEqual(['npm run build']);
    for (const command of commands) {
      const script = packageJson.scripts[command.split(' ').at(-1)!];
      expect(script).toMatch(/^node scripts\/\w+\.mjs$/);
      expect(read(script!.split(' ')[1]!)).not.toBe('');
    }
  });

  it('once the sources and Node are there', () => {
    const built = build.steps.findIndex(({ run }) => run?.startsWith('npm run'));
    const order = [
      build.steps.findIndex(({ run }) => run?.includes('apt-get install')), // git, for checkout
      placeOf('checkout'),
      placeOf('setup-node'),
      built,
      placeOf('upload-pages-artifact'),
    ];
    expect(order).not.toContain(-1);
    expect(order).toEqual([...order].sort((a, b) => a - b));
  });

  it('with a Node that the project runs on', () => {
    const [, oldest] = /^>=(\d+)\.\d+$/.exec(packageJson.engines.node) ?? [];
    // A major alone means its newest release.
    const { 'node-version': version } = stepOf('setup-node').with!;
    expect(String(version)).toMatch(/^\d+$/);
    expect(Number(version)).toBeGreaterThanOrEqual(Number(oldest));
  });

  it('where Emscripten can be installed, with all that the scripts do not bring', () => {
    expect(build.container).toBe('debian:12');
    expect(read('scripts/setup-emscripten.sh')).toContain('[ "$(host_release)" = bookworm ]');
    const installed = build.steps[0]!.run!.match(/[\w.+-]+/g);
    for (const name of ['ca-certificates', 'cmake', 'g++', 'git', 'python3', 'xz-utils'])
      expect(installed).toContain(name);
  });
});

describe('what is published', () => {
  it('is the folder that the page is built into', () => {
    const { path } = stepOf('upload-pages-artifact').with!;
    expect(path).toBe(relative(root, viteConfig.build!.outDir!));
  });

  it('works under the path of a project, with files that are not left out as hidden', () => {
    expect(viteConfig.base).toBe('./');
    const files = readdirSync(resolve(root, 'web/public'), { recursive: true });
    expect(files.filter((file) => /(^|[\\/])\./.test(String(file)))).toEqual([]);
  });

  it('comes from the branch that there is', () => {
    expect(workflow.on.push.branches).toEqual(['main']);
  });
});

describe('the deployment', () => {
  it('waits for the build, and may what Pages asks for, and no more', () => {
    expect(deploy.needs).toBe('build');
    expect(deploy.permissions).toEqual({ pages: 'write', 'id-token': 'write' });
    expect(workflow.permissions).toEqual({ contents: 'read' });
    expect(build.permissions).toBeUndefined();
  });

  it('is in the environment that Pages protects, and tells its address', () => {
    const { id } = stepOf('deploy-pages');
    expect(id).toBeTruthy();
    expect(deploy.environment).toEqual({
      name: 'github-pages',
      url: `\${{ steps.${id}.outputs.page_url }}`,
    });
  });
});

describe('the actions', () => {
  it('are GitHub’s own, each at a version', () => {
    const used = steps.flatMap(({ uses }) => uses ?? []);
    expect(used).toHaveLength(4);
    for (const action of used)
      expect(action).toMatch(/^actions\/[\w-]+@(v\d+(\.\d+)*|[0-9a-f]{40})$/);
  });

  it('understand each other: artifacts of before are not taken any more', () => {
    expect(versionOf('upload-pages-artifact')).toBeGreaterThanOrEqual(3);
    expect(versionOf('deploy-pages')).toBeGreaterThanOrEqual(4);
  });
});
