// Random recipes: natively as in WebAssembly, on one thread as on several, straight as after a rest, every
// figure and the whole file; and every gradient within its tolerance of the double-precision reference.
// `npm run differential -- --recipes 5000` tries more of them, and others each time.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anyCase, type Case } from './cases';
import { difference, takeEveryWay, type Outcome } from './differences';
import { TrustRows } from './trust';

const kSecondsEach = 20; // far more than any takes: only what hangs is cut off
const kMostShrunk = 100; // tries to make a failing one smaller
const env = process.env;
const recipes = Number(env.DIFFERENTIAL_RECIPES ?? 32);
const seed = Number(env.DIFFERENTIAL_SEED ?? 1);

const command = (tried: Case) => `npm run differential -- --case '${JSON.stringify(tried)}'`;

async function expectNoDifference(tried: Case): Promise<Outcome['ended']> {
  const { found, ended } = await takeEveryWay(tried);
  if (found.length > 0) throw new Error(`${found.join('\n')}\nAgain: ${command(tried)}`);
  return ended;
}

describe('a recipe is the same run everywhere:', () => {
  if (env.DIFFERENTIAL_CASE) {
    it('the case at hand', async () => {
      await expectNoDifference(JSON.parse(env.DIFFERENTIAL_CASE!) as Case);
    });
    return;
  }
  it(
    `${recipes} of them`,
    async () => {
      const rows = new TrustRows();
      let failed: string | null = null;
      let shrunk = 0;
      const property = fc.asyncProperty(anyCase, async (tried) => {
        if (failed && ++shrunk > kMostShrunk) return; // small enough
        try {
          const ended = await expectNoDifference(tried);
          if (!failed) rows.add(tried, ended);
        } catch (error) {
          if (!failed) console.error(`Found, and made smaller now: ${String(error)}`);
          failed = String(error);
          throw error;
        }
      });
      await fc.check(property, { numRuns: recipes, seed });
      rows.write(seed, failed);
      expect(failed, failed ?? '').toBeNull();
    },
    recipes * kSecondsEach * 1000,
  );
});

// A run's file, of which only the weights are looked at.
function fileOf(...weights: number[]): Buffer {
  const tensor = { dtype: 'F32', shape: [weights.length], data_offsets: [0, 4 * weights.length] };
  const header = Buffer.from(JSON.stringify({ wte: tensor }));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.from(Float32Array.from(weights).buffer)]);
}

describe('a difference is seen', () => {
  const run = { figures: ['step 1: loss 2'], stopped: false, file: fileOf(1) };
  it.each([
    ['in a figure', { figures: ['step 1: loss 3'] }, /step 1: loss 2 there, step 1: loss 3 here/],
    ['where one has more', { figures: [...run.figures, 'step 2'] }, /step 2 here alone/],
    ['where one has less', { figures: [] }, /there, nothing here/],
    ['where one stopped', { stopped: true }, /one of them stopped/],
    ['in a byte of the file', { file: fileOf(2) }, /of 68 and 68 bytes differ at \d+/],
    ['in the length of the file', { file: fileOf(1, 2) }, /of 68 and 72 bytes differ/],
  ])('%s', (_, change, words) => {
    expect(difference('it', run, run)).toBe('');
    expect(difference('it', run, { ...run, ...change })).toMatch(words);
    expect(difference('it', run, { ...run, file: fileOf(NaN) })).toMatch(/bytes differ/);
    expect(difference('it', run, { refused: 'No.' })).toBe('it: “begun” there, “No.” here');
  });
});
