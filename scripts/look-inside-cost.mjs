// node scripts/look-inside-cost.mjs [PAIRS]: what looking inside costs a run in the page: its steps a
// second before the panel was ever opened, with it open on attention, and once it is closed again;
// beside them those of a page that never opens it, in turns, 8 pairs where no other number is given;
// `npm run build` first. Status 1 where a run with the panel closed again is slower than one without
// by more than what is asked.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { preview } from 'vite';
import { findChromium } from './lib/browsers.mjs';
import { Failure, main, say } from './lib/log.mjs';
import { page as pageFolder, viteConfig } from './lib/paths.mjs';
import { median, openSoak } from './lib/soak-page.mjs';

// Small enough for windows of many steps.
const kRecipe = { n_layer: 2, n_head: 4, n_embd: 64, block_size: 32, batch_size: 8 };
const kPairs = Number(process.argv[2] ?? 8);
const kWindows = ['before it is opened', 'open on attention  ', 'closed again       '];
const kWarmUp = 500; // steps
// Each window has as many evaluations, at which an open panel takes the model anew.
const kEvery = 200;
const kSteps = 5 * kEvery;
const kSlower = 0.05;
const kMap = '.inside-large-map'; // what attention shows

await main(async () => {
  if (!existsSync(join(pageFolder, 'index.html'))) {
    throw new Failure('There is no built page yet: run `npm run build` first.');
  }
  if (!Number.isInteger(kPairs) || kPairs < 1)
    throw new Failure(
      `'${process.argv[2]}' is no number of pairs: a whole number above 0 is needed.`,
    );
  const server = await preview({ configFile: viteConfig, logLevel: 'warn', preview: { port: 0 } });
  const rounds = [];
  try {
    const chromium = await findChromium();
    for (let round = 0; round < kPairs; round++) {
      const rates = {};
      // Who begins changes, as the machine's mood does.
      for (const looks of round % 2 ? [true, false] : [false, true])
        rates[looks] = await measure(chromium, server.resolvedUrls.local[0], looks);
      rounds.push(rates);
    }
  } finally {
    await server.close();
  }
  say(`Of a page that never looks inside, medians of ${kPairs} pairs:`);
  const closed = kWindows.map((window, i) => tell(rounds, window, i)).at(-1);
  if (!(closed >= 1 - kSlower))
    throw new Failure(`A run is slower by more than ${100 * kSlower} % once the panel is closed.`);
});

// The median by the clock and by the processor's time; returns the latter.
function tell(rounds, window, i) {
  const [wall, processor] = ['rate', 'ofProcessor'].map((clock) => {
    const ratios = rounds.map((rates) => rates.true[i][clock] / rates.false[i][clock]);
    return [median(ratios), ratios.map((ratio) => ratio.toFixed(2)).join(', ')];
  });
  say(
    `  ${window}: steps a second ${wall[0].toFixed(3)} (${wall[1]}), ` +
      `of the processor's time ${processor[0].toFixed(3)} (${processor[1]})`,
  );
  return processor[0];
}

// In three windows of one run: as it was, with the panel open, and closed again.
async function measure(chromium, address, looks) {
  const soak = await openSoak(chromium, address);
  try {
    await soak.setRecipe({ ...kRecipe, steps: 1_000_000, eval_every: kEvery, eval_batches: 2 });
    await soak.train();
    await soak.untilStep(kWarmUp);
    const before = await soak.rateOver(kSteps);
    if (looks) await soak.press('Look inside', kMap);
    const during = await soak.rateOver(kSteps);
    if (looks) await soak.press('Close inside', kMap, true);
    return [before, during, await soak.rateOver(kSteps)];
  } finally {
    await soak.close();
  }
}
