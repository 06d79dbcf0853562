// PyTorch computes the logits of what was exported.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { exchangeIn, others, recipe, runs } from './exchange';
import { Folder } from './run';
import { text, trainRun } from './small';

const folder = new Folder();
afterAll(() => folder.remove());
const at = (name: string) => folder.at(name);
const { exportRun, evaluate } = exchangeIn(folder);

// A Python that has PyTorch, where scripts/lib/torch.mjs has found one.
const python = process.env.CLEARFORMER_TORCH;
describe.skipIf(!python)('PyTorch', () => {
  beforeAll(() => {
    folder.write('char.txt', text);
    for (const [name, settings] of [...runs, ...others])
      trainRun(folder, name, settings, `${text}Zoë 狐 🦊\n`);
  });

  // One process: to begin takes it seconds.
  const compared = (jobs: string[][]) => {
    const args = [join(import.meta.dirname, 'torch_gpt.py'), ...jobs.map((job) => job.join(':'))];
    const { status, stdout, stderr } = spawnSync(python!, ['-B', ...args], { encoding: 'utf8' });
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    const lines = stdout.trimEnd().split('\n');
    for (const line of lines) {
      const { tokens, largest, difference } = JSON.parse(line) as Record<string, number>;
      expect(tokens).toBe(recipe.block_size);
      expect(largest).toBeGreaterThan(1);
      expect(difference).toBeLessThan(1e-4);
    }
    return lines.length;
  };

  it('computes the same logits from both layouts', { timeout: 60_000 }, () => {
    const jobs = runs.map(([name]) => {
      const [hf, nanogpt, logits] = [`${name}-torch`, `${name}.torch`, `${name}.logits`];
      exportRun(name, 'hf', hf);
      exportRun(name, 'nanogpt', nanogpt);
      evaluate(name, '--logits', at(logits));
      return [hf, nanogpt, logits].map(at);
    });
    expect(compared(jobs)).toBe(2 * runs.length);
  });

  it('computes those of every architecture that leaves', { timeout: 120_000 }, () => {
    const jobs = others.map(([name]) => {
      const [hf, logits] = [`${name}-torch`, `${name}.logits`];
      exportRun(name, 'hf', hf);
      evaluate(name, '--logits', at(logits));
      return [at(hf), '', at(logits)];
    });
    expect(compared(jobs)).toBe(others.length);
  });
});
